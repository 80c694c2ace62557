import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { clientError, noWorker } from './errors.js';

/** How long a request may take. The connection gives each command two minutes; this leaves it time to say so. */
const REQUEST_LIMIT_MS = 150_000;

/** How long a worker may take from its start until the server knows of it. */
const WORKER_START_MS = 2_000;
const LOOK_AGAIN_MS = 100;

/** New runs in a row that a request may meet: each message with keys makes one. */
const MAX_RUNS = 20;

/** Sends requests to connections: never to a queue that nobody polls, in bounded time, and with errors that can be acted on. */
export class Sender {
  private readonly client: Client;
  private readonly taskQueue: string;

  constructor(client: Client, taskQueue: string) {
    this.client = client;
    this.taskQueue = taskQueue;
  }

  /** @throws MimecastClientError, or what is not the engine's */
  async send<T>(connectionId: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.client.withDeadline(Date.now() + REQUEST_LIMIT_MS, request);
    } catch (error) {
      throw clientError(error, connectionId);
    }
  }

  /**
   * Sends an update to a connection's workflow. One that arrives in the moment in which the connection goes on as a new run
   * is answered by the server as if there were no connection, and nothing of it is taken: it is sent to the new run.
   *
   * @throws MimecastClientError, or what is not the engine's
   */
  async update<T>(connectionId: string, handle: WorkflowHandle, execute: () => Promise<T>): Promise<T> {
    return await this.send(connectionId, async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await execute();
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError) || attempt === MAX_RUNS || !(await isRunning(handle)))
            throw error;
          await delay(LOOK_AGAIN_MS);
        }
      }
    });
  }

  /**
   * A request without a worker would wait for one until it times out, and be carried out long after its sender has given
   * up. A worker that is just starting is waited for.
   *
   * @throws MimecastClientError `no-worker`
   */
  async requireWorker(): Promise<void> {
    const deadline = Date.now() + WORKER_START_MS;
    while (!(await this.hasWorker())) {
      if (Date.now() >= deadline) throw noWorker(this.taskQueue);
      await delay(LOOK_AGAIN_MS);
    }
  }

  private async hasWorker(): Promise<boolean> {
    const { namespace } = this.client.options;
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: this.taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.length > 0;
  }
}

/** Whether the newest run of a workflow is still going. @throws WorkflowNotFoundError when there never was one */
async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  return (await handle.describe()).status.name === 'RUNNING';
}
