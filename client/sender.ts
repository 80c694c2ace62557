import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { clientError, noWorker } from './errors.js';

/** Limit of a request. The connection gives each command two minutes; the rest is for its answer. */
const REQUEST_LIMIT_MS = 150_000;

/** The longest that the server takes to know of a worker that has started. */
const WORKER_START_MS = 2_000;
const LOOK_AGAIN_MS = 100;

/** New runs in a row that a request may meet: each message with keys starts one. */
const MAX_RUNS = 20;

/**
 * Sends requests to connections: only to a queue with workers, in bounded time, and with errors that have a next
 * step.
 */
export class Sender {
  private readonly client: Client;
  private readonly taskQueue: string;

  constructor(client: Client, taskQueue: string) {
    this.client = client;
    this.taskQueue = taskQueue;
  }

  /** @throws MimecastClientError, or an error that does not come from Temporal */
  async send<T>(connectionId: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.client.withDeadline(Date.now() + REQUEST_LIMIT_MS, request);
    } catch (error) {
      throw clientError(error, connectionId);
    }
  }

  /**
   * Sends an update to a connection's workflow. When the connection continues as a new run at that moment, the server
   * answers as if there were no connection, and has accepted nothing: the update is sent to the new run.
   *
   * @throws MimecastClientError, or an error that does not come from Temporal
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
   * Requires a worker. Without one, a request would wait until it times out, and run long after its sender has given
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

/** Returns true when the newest run of a workflow is running. @throws WorkflowNotFoundError when there never was one */
async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  return (await handle.describe()).status.name === 'RUNNING';
}
