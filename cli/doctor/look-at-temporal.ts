import type { Connection } from '@temporalio/client';
import { seenWorkers, type SeenWorkers } from '../../worker/pollers.js';
import { missingSearchAttributes } from '../../worker/search-attributes.js';
import type { Settings } from '../reach/settings.js';
import { look, LOOK_LIMIT_MS, type Looked } from './look.js';

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
