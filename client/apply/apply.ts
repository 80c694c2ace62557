import pMap, { pMapSkip } from 'p-map';
import { MimecastClientError } from '../errors.js';
import type { ListedConnection } from '../reports.js';
import { carryOut, type ApplyResult, type Changes, type Task } from './carry-out.js';
import { checkDocuments } from './check.js';
import type { ApplyDocument, WantedConnection } from './documents.js';
import { MimecastApplyError } from './problems.js';
import { planApply, type ApplyPlan, type PlanOptions } from './plan.js';

/** Options of `apply`. */
export interface ApplyOptions extends PlanOptions {
  /** Plan, and change nothing. */
  readonly dryRun?: boolean | undefined;
  /** Largest number of connections to disconnect; a plan with more is rejected. Default 1. */
  readonly pruneLimit?: number | undefined;
  /** Number of connections that are changed at the same time. Default 10. */
  readonly concurrency?: number | undefined;
  /** Stops before the next connection. Changes that are running are completed. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the plan before anything is changed. */
  readonly onPlan?: (plan: ApplyPlan) => void;
  /** Receives the result of each action as soon as it ends. */
  readonly onResult?: (result: ApplyResult) => void;
}

/** Result of `apply`. The JSON of `apply --json`. */
export interface ApplyReport {
  /** Every planned action succeeded, or there was nothing to do. */
  readonly ok: boolean;
  readonly dryRun: boolean;
  readonly plan: ApplyPlan;
  /** One for each action that was started. */
  readonly results: readonly ApplyResult[];
  /** It was stopped before everything was done. */
  readonly interrupted?: true;
}

const DEFAULT_PRUNE_LIMIT = 1;
const DEFAULT_CONCURRENCY = 10;

export interface ApplyContext {
  readonly connections: Changes & { list(): Promise<ListedConnection[]> };
  readonly allowLoopback: boolean;
  readonly now: Date;
  /** Checks that keys can be sealed. @throws MimecastClientError `no-sealing-key` */
  readonly requireSealingKey: () => void;
  /** @throws MimecastClientError `no-worker` */
  readonly requireWorker: () => Promise<void>;
}

/** Makes connections what documents say. All that can be known beforehand is looked at before the first change. */
export async function applyDocuments(
  context: ApplyContext,
  documents: readonly ApplyDocument[],
  options: ApplyOptions,
): Promise<ApplyReport> {
  const { allowLoopback, now, connections } = context;
  const { wanted, problems } = checkDocuments(documents, { allowLoopback, now, keyField: 'credentials' });
  if (problems.length > 0) throw new MimecastApplyError(problems);

  const existing = await connections.list();
  requireKnown(options.only, [...wanted, ...existing]);
  const { plan, problems: impossible } = planApply(wanted, existing, planOptions(options));
  if (impossible.length > 0) throw new MimecastApplyError(impossible);

  options.onPlan?.(plan);
  requireFewPruned(plan, options.pruneLimit ?? DEFAULT_PRUNE_LIMIT);
  if (options.dryRun === true) return { ok: true, dryRun: true, plan, results: [] };

  const tasks = tasksOf(plan, wanted, existing);
  if (tasks.length > 0) await context.requireWorker();
  if (tasks.some(seals)) context.requireSealingKey();
  const results = await carryOutAll(connections, tasks, options);
  const done = new Set(results.map(({ connectionId }) => connectionId));
  const interrupted = tasks.some(({ planned }) => !done.has(planned.connectionId));
  return {
    ok: !interrupted && results.every(({ ok }) => ok),
    dryRun: false,
    plan,
    results,
    ...(interrupted && { interrupted }),
  };
}

/** Passes on `unfetchedKeys` in a dry run only: a plan that is carried out needs all keys. */
function planOptions({ only, prune, dryRun, unfetchedKeys }: ApplyOptions): PlanOptions {
  return { only, prune, ...(dryRun === true && { unfetchedKeys }) };
}

async function carryOutAll(
  connections: Changes,
  tasks: readonly Task[],
  { concurrency = DEFAULT_CONCURRENCY, signal, onResult }: ApplyOptions,
): Promise<ApplyResult[]> {
  const work = async (task: Task) => {
    if (signal?.aborted) return pMapSkip;
    const results = await carryOut(connections, task);
    for (const result of results) onResult?.(result);
    return results;
  };
  return (await pMap(tasks, work, { concurrency })).flat();
}

function tasksOf(plan: ApplyPlan, wanted: readonly WantedConnection[], existing: readonly ListedConnection[]): Task[] {
  const wantedById = new Map(wanted.map((connection) => [connection.connectionId, connection]));
  const settingsById = new Map(existing.map(({ connectionId, settings }) => [connectionId, settings]));
  return plan.connections
    .filter(({ actions }) => actions.length > 0)
    .map((planned) => ({
      planned,
      wanted: wantedById.get(planned.connectionId),
      before: settingsById.get(planned.connectionId),
    }));
}

/** Returns true when a task sends keys that are not sealed yet. */
function seals({ planned, wanted }: Task): boolean {
  const sends = planned.actions.some(({ action }) => action === 'connect' || action === 'rotate');
  return sends && wanted?.keys !== undefined && 'credentials' in wanted.keys;
}

function requireKnown(only: readonly string[] = [], known: readonly { readonly connectionId: string }[]): void {
  const ids = new Set(known.map(({ connectionId }) => connectionId));
  const unknown = only.filter((id) => !ids.has(id));
  if (unknown.length === 0) return;
  throw new MimecastClientError(
    'unknown-connection',
    `${unknown.join(', ')}: neither in a document nor connected. Nothing was changed.`,
    'Correct the id.',
  );
}

/** A document that was lost or cut off must not take every connection with it. */
function requireFewPruned({ connections }: ApplyPlan, limit: number): void {
  const pruned = connections.filter(({ actions }) => actions.some(({ action }) => action === 'disconnect'));
  if (pruned.length <= limit) return;
  const ids = pruned.map(({ connectionId }) => connectionId).join(', ');
  throw new MimecastClientError(
    'prune-limit',
    `${pruned.length === 1 ? 'One connection' : `${pruned.length} connections`} would be disconnected, and the limit is ${limit}: ${ids}. Nothing was changed.`,
    `If that is what you want, say so: --prune-limit ${pruned.length}.`,
  );
}
