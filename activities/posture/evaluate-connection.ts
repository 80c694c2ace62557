import { evaluate } from '../../posture/evaluate.js';
import type { EndpointFact, Facts } from '../../model/facts.js';
import type { Evaluation, StoredEvaluation } from '../../model/verdicts.js';
import { defined } from '../../model/json.js';
import { ENDPOINTS } from '../../mimecast/endpoints.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { EvidenceStore } from '../../evidence/store.js';

/** A new record of verdicts and the previous one. */
export interface Evaluated {
  readonly evaluation: StoredEvaluation;
  readonly before?: StoredEvaluation;
}

/** Evaluates all controls of a connection and stores the verdicts. Undefined when there is no such connection. */
export async function evaluateConnection(
  { store }: Pick<ActivityDependencies, 'store'>,
  connectionId: string,
  cause: Evaluation['cause'],
): Promise<Evaluated | undefined> {
  const facts = await store.evaluations.facts(connectionId);
  if (!facts) return undefined;
  const [account, annotations, before] = await Promise.all([
    accountOf(store, connectionId),
    store.annotations.list(connectionId),
    store.evaluations.latest(connectionId),
  ]);
  const made = evaluate(defined({ facts: withPermissions(facts), annotations, cause, account, before }));
  return defined({ evaluation: await store.evaluations.record(made), before });
}

/**
 * Returns true when a record changes what was known from the previous one: a verdict differs, or will change sooner.
 */
export function isNews({ evaluation, before }: Evaluated): boolean {
  if (!before || evaluation.changes.length > 0) return true;
  return (evaluation.turnsAt ?? LATEST) < (before.turnsAt ?? LATEST);
}

/** Sorts after every moment. */
const LATEST = '9999';

async function accountOf(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<{ code: string; name?: string } | undefined> {
  const row = await store.connections.read(connectionId);
  if (row?.accountCode === undefined) return undefined;
  return defined({ code: row.accountCode, name: row.accountName });
}

/** Adds the name of a missing permission. The store knows that one is missing; the name is the vendor's. */
function withPermissions(facts: Facts): Facts {
  const endpoints = Object.entries(facts.endpoints).map(([name, fact]): [string, EndpointFact] => {
    const { permission } = ENDPOINTS[name as keyof typeof ENDPOINTS];
    const isForbidden = fact.latest.outcome === 'forbidden';
    return [name, isForbidden ? { ...fact, latest: { ...fact.latest, permission } } : fact];
  });
  return { ...facts, endpoints: Object.fromEntries(endpoints) };
}
