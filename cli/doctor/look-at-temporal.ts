import type { Connection } from '@temporalio/client';
import { tsToDate } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { missingSearchAttributes } from '../../worker/search-attributes.js';
import type { Settings } from '../reach/settings.js';
import { look, LOOK_LIMIT_MS, type Looked } from './look.js';

const { TaskQueueType, WorkerStatus } = proto.temporal.api.enums.v1;

/** State of the server, without the connections. */
export interface TemporalSeen {
  readonly server: Looked<{ readonly version: string }>;
  /** Absent without a server. */
  readonly inside?: TemporalInside;
}

export interface TemporalInside {
  readonly namespace: Looked<object>;
  readonly searchAttributes: Looked<{ readonly missing: readonly string[] }>;
  readonly workers: Looked<SeenWorkers>;
}

export interface SeenWorkers {
  readonly workflow: readonly SeenPoller[];
  readonly activity: readonly SeenPoller[];
}

/** A worker that the server remembers, for one kind of task. */
export interface SeenPoller {
  readonly identity: string;
  /** By the server's clock. */
  readonly lastHeardOf: Date;
  /** Build id; by default the SDK and its version. */
  readonly build?: string;
  /** Time at which it reported its shutdown. */
  readonly stoppedAt?: Date;
}

export async function lookAtTemporal(
  reached: Looked<Connection>,
  { temporal: { namespace }, taskQueue }: Settings,
): Promise<TemporalSeen> {
  if ('trouble' in reached) return { server: reached };
  const connection = reached.seen;
  const ask = <Seen>(question: () => Promise<Seen>): Promise<Looked<Seen>> =>
    look(() => connection.withDeadline(Date.now() + LOOK_LIMIT_MS, question));

  const [server, found, searchAttributes, workers] = await Promise.all([
    ask(async () => ({ version: (await connection.workflowService.getSystemInfo({})).serverVersion })),
    ask(() => connection.workflowService.describeNamespace({ namespace })),
    ask(async () => ({ missing: await missingSearchAttributes(connection, namespace) })),
    ask(() => seenWorkers(connection, namespace, taskQueue)),
  ]);
  return { server, inside: { namespace: found, searchAttributes, workers } };
}

async function seenWorkers(connection: Connection, namespace: string, taskQueue: string): Promise<SeenWorkers> {
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

type Poller = proto.temporal.api.taskqueue.v1.IPollerInfo;

function seenPoller({ identity, lastAccessTime, deploymentOptions, workerVersionCapabilities }: Poller) {
  // Absent text is empty.
  const [build] = [deploymentOptions?.buildId, workerVersionCapabilities?.buildId].filter(Boolean);
  return {
    identity: identity ?? '',
    lastHeardOf: lastAccessTime ? tsToDate(lastAccessTime) : new Date(0),
    ...(build && { build }),
  };
}

/**
 * Returns workers that reported their shutdown, by identity: a queue remembers them for minutes afterwards. Not every
 * server supports it; there, they count until there was no contact for a while.
 */
async function stoppedWorkers(
  connection: Connection,
  namespace: string,
  taskQueue: string,
): Promise<ReadonlyMap<string, Date>> {
  const query = `TaskQueue = ${JSON.stringify(taskQueue)}`;
  const listed = connection.workflowService.listWorkers({ namespace, query, pageSize: 1000 });
  const { workersInfo } = await listed.catch(() => ({ workersInfo: [] }));
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
