import type { ConnectionLike } from '@temporalio/client';
import { tsToDate } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';

const { TaskQueueType, WorkerStatus } = proto.temporal.api.enums.v1;

/** The workers that the server remembers on a task queue, by kind of task. It forgets them some minutes after they end. */
export interface SeenWorkers {
  readonly workflow: readonly SeenPoller[];
  readonly activity: readonly SeenPoller[];
}

/** A worker that the server remembers on one kind of task. */
export interface SeenPoller {
  readonly identity: string;
  /** By the server's clock. */
  readonly lastHeardOf: Date;
  /** Its build, or the SDK and its version when it was given none. */
  readonly build?: string;
  /** When it said that it stops. */
  readonly stoppedAt?: Date;
}

type Service = Pick<ConnectionLike, 'workflowService'>;

export async function seenWorkers(connection: Service, namespace: string, taskQueue: string): Promise<SeenWorkers> {
  const pollersOf = async (
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType,
  ): Promise<Omit<SeenPoller, 'stoppedAt'>[]> => {
    const question = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
    const { pollers } = await connection.workflowService.describeTaskQueue(question);
    return pollers.map(seenPoller);
  };
  const [workflow, activity, stopped] = await Promise.all([
    pollersOf(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    pollersOf(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    stoppedWorkers(connection, namespace, taskQueue),
  ]);
  const withStop = <Poller extends { readonly identity: string }>(poller: Poller): Poller & { stoppedAt?: Date } => {
    const stoppedAt = stopped.get(poller.identity);
    return { ...poller, ...(stoppedAt && { stoppedAt }) };
  };
  return { workflow: workflow.map(withStop), activity: activity.map(withStop) };
}

/** A moment of grace: a worker that says that it stops is still heard of once, or has been started again since. */
const GRACE_MS = 1_000;

/** Returns true when a worker announced that it stops, and has not polled since. */
export function hasStopped({ lastHeardOf, stoppedAt }: SeenPoller): boolean {
  return stoppedAt !== undefined && lastHeardOf.getTime() <= stoppedAt.getTime() + GRACE_MS;
}

type Poller = proto.temporal.api.taskqueue.v1.IPollerInfo;

function seenPoller({ identity, lastAccessTime, deploymentOptions, workerVersionCapabilities }: Poller) {
  // Text that is not there is empty.
  const [build] = [deploymentOptions?.buildId, workerVersionCapabilities?.buildId].filter(Boolean);
  return {
    identity: identity ?? '',
    lastHeardOf: lastAccessTime ? tsToDate(lastAccessTime) : new Date(0),
    ...(build && { build }),
  };
}

/**
 * Workers that told the server that they stop, by identity: a queue remembers them for minutes after that. Not every
 * server knows; then they count until nothing has been heard of them for a while.
 */
async function stoppedWorkers(
  connection: Service,
  namespace: string,
  taskQueue: string,
): Promise<ReadonlyMap<string, Date>> {
  const query = `TaskQueue = ${JSON.stringify(taskQueue)}`;
  const told = connection.workflowService.listWorkers({ namespace, query, pageSize: 1000 });
  const { workersInfo } = await told.catch(() => ({ workersInfo: [] }));
  const heartbeats = workersInfo.flatMap(({ workerHeartbeat }) => workerHeartbeat ?? []);
  const isOver = ({ status }: Heartbeat): boolean =>
    status === WorkerStatus.WORKER_STATUS_SHUTTING_DOWN || status === WorkerStatus.WORKER_STATUS_SHUTDOWN;

  // Workers of one process share an identity.
  const running = new Set(heartbeats.filter((beat) => !isOver(beat)).map(({ workerIdentity }) => workerIdentity));
  return new Map(
    heartbeats.flatMap((beat) => {
      const { workerIdentity, heartbeatTime } = beat;
      if (!workerIdentity || !heartbeatTime || !isOver(beat) || running.has(workerIdentity)) return [];
      return [[workerIdentity, tsToDate(heartbeatTime)] as const];
    }),
  );
}

type Heartbeat = proto.temporal.api.worker.v1.IWorkerHeartbeat;
