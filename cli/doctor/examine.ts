import { Client, type Connection } from '@temporalio/client';
import type { Context } from '../command.js';
import { connectToTemporal } from '../reach/services.js';
import type { Settings } from '../reach/settings.js';
import { judgePostgresClock, judgeTemporalClock } from './clocks.js';
import { examineConnections, lookUpConnections, selected } from './examine-connections.js';
import { findingsOn, type Finding } from './finding.js';
import { judgePostgres } from './judge-postgres.js';
import { judgeTemporal, lastHeardOf } from './judge-temporal.js';
import { look, seenOf, type Looked } from './look.js';
import type { StoredConnections } from './look-at-connections.js';
import { lookAtPostgres, openDatabase, type Database } from './look-at-postgres.js';
import { lookAtTemporal, type TemporalSeen } from './look-at-temporal.js';
import { examineMachine } from './machine.js';
import { examineKeys, judgeKeyring, lookAtKeyring } from './keyring.js';
import { testConnections } from './test-connections.js';

export interface DoctorRequest {
  /** Connections to examine; empty for all. */
  readonly connectionIds: readonly string[];
  /** True to show successful checks of each connection too. */
  readonly all: boolean;
  /** True to call Mimecast once for each connection. */
  readonly test: boolean;
}

interface Servers {
  readonly temporal: Looked<Connection>;
  readonly postgres: Looked<Database>;
}

/** Runs all checks of what polling depends on. Changes nothing, and does not throw for problems that it finds. */
export async function examine(context: Context, request: DoctorRequest): Promise<Finding[]> {
  const { settings } = context;
  const [temporal, postgres] = await Promise.all([
    look(() => connectToTemporal(settings.temporal)),
    look(() => Promise.resolve(openDatabase(settings))),
  ]);
  try {
    return await examineAll(context, request, { temporal, postgres });
  } finally {
    await Promise.allSettled([seenOf(temporal)?.close(), seenOf(postgres)?.inspection.close()]);
  }
}

async function examineAll(context: Context, request: DoctorRequest, servers: Servers): Promise<Finding[]> {
  const { settings, terminal } = context;
  const [machine, temporal, postgres, stored, ring] = await Promise.all([
    examineMachine(terminal.env),
    lookAtTemporal(servers.temporal, settings),
    lookAtPostgres(servers.postgres, () => terminal.now()),
    lookUpConnections(servers.postgres, request.connectionIds),
    lookAtKeyring(settings.keyringFile),
  ]);
  // Uses the database's clock, because this machine's may be wrong; another check compares them.
  const now = seenOf(postgres.server)?.at ?? terminal.now();
  const workers = seenOf(temporal.inside?.workers);
  const ofTemporal = judgeTemporal(temporal, settings, now);
  const hasWorker = ofTemporal.some(({ check, verdict }) => check === 'workers' && verdict === 'ok');
  const [keys, connections, tests] = await Promise.all([
    examineKeys(ring, stored),
    examineStored(settings, request, { stored, now, client: clientOf(servers, temporal, settings.temporal.namespace) }),
    request.test ? examineVendor(context, stored, hasWorker) : [],
  ]);
  return [
    ...machine,
    ...ofTemporal,
    ...judgePostgres(postgres, settings.temporal.namespace),
    ...judgeKeyring(ring),
    ...keys,
    judgeTemporalClock(workers && lastHeardOf(workers), terminal.now()),
    judgePostgresClock(postgres.server),
    ...tests.filter(({ group }) => group === 'clock'),
    ...connections,
    ...tests.filter(({ group }) => group !== 'clock'),
  ];
}

/** Returns a client when the namespace is reachable. */
function clientOf({ temporal }: Servers, { inside }: TemporalSeen, namespace: string): Client | undefined {
  const connection = seenOf(temporal);
  return connection && seenOf(inside?.namespace) ? new Client({ connection, namespace }) : undefined;
}

async function examineStored(
  { taskQueue }: Settings,
  { connectionIds, all }: DoctorRequest,
  { stored, client, now }: { stored: Looked<StoredConnections>; client: Client | undefined; now: Date },
): Promise<Finding[]> {
  if ('trouble' in stored) {
    return [findingsOn('connections').skipped('state', `the connections could not be read: ${stored.trouble.message}`)];
  }
  const findings = await examineConnections({ stored: stored.seen, client, taskQueue, connectionIds, now });
  return selected(findings, stored.seen.rows.length, all || connectionIds.length > 0);
}

async function examineVendor(
  { services }: Context,
  stored: Looked<StoredConnections>,
  hasWorker: boolean,
): Promise<Finding[]> {
  const rows = seenOf(stored)?.rows ?? [];
  const live = rows.filter(({ state }) => state === 'connected' || state === 'refused');
  if (!hasWorker) return [findingsOn('connections').skipped('mimecast', 'there is no worker to call Mimecast')];
  return await testConnections(
    () => services.connections(),
    live.map(({ connectionId }) => connectionId),
  );
}
