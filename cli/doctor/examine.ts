import { hostname } from 'node:os';
import { Client, type Connection } from '@temporalio/client';
import type { Context } from '../command.js';
import { connectToTemporal } from '../reach/services.js';
import type { Settings } from '../reach/settings.js';
import { judgePostgresClock, judgeTemporalClock, skewByWorkers } from './clocks.js';
import { examineConnections, lookUpConnections, selected } from './examine-connections.js';
import { findingsOn, type Finding } from './finding.js';
import { judgePostgres } from './judge-postgres.js';
import { judgeTemporal, lastHeardOf } from './judge-temporal.js';
import { look, seenOf, type Looked } from './look.js';
import { namingOddClock, type ComparedClock } from './odd-clock.js';
import type { StoredConnections } from './look-at-connections.js';
import { lookAtPostgres, openDatabase, type Database, type PostgresSeen } from './look-at-postgres.js';
import { lookAtTemporal, type TemporalSeen } from './look-at-temporal.js';
import { examineMachine } from './machine.js';
import { examineKeys, judgeKeyring, lookAtKeyring } from './keyring.js';
import { testConnections, type TestedConnections } from './test-connections.js';

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
    request.test ? examineVendor(context, stored, hasWorker) : UNTESTED,
  ]);
  const heardOf = workers && lastHeardOf(workers);
  const clocks = comparedClocks(context, { postgres, heardOf, vendorAheadMs: tests.vendorAheadMs });
  return [
    ...machine,
    ...ofTemporal,
    ...judgePostgres(postgres, settings.temporal.namespace),
    ...judgeKeyring(ring),
    ...keys,
    ...namingOddClock(
      [
        judgeTemporalClock(heardOf, terminal.now()),
        judgePostgresClock(postgres.server),
        ...tests.findings.filter(({ group }) => group === 'clock'),
      ],
      clocks,
    ),
    ...connections,
    ...tests.findings.filter(({ group }) => group !== 'clock'),
  ];
}

interface SeenClocks {
  readonly postgres: PostgresSeen;
  /** When the Temporal server last heard of a worker, by its clock. */
  readonly heardOf: Date | undefined;
  readonly vendorAheadMs: number | undefined;
}

/** The clocks that could be read: this machine's, Temporal's, Postgres's and Mimecast's. */
function comparedClocks({ settings, terminal }: Context, seen: SeenClocks): ComparedClock[] {
  const { postgres, heardOf, vendorAheadMs } = seen;
  const server = seenOf(postgres.server);
  const ahead = server && { leastMs: -server.skew.mostMs, mostMs: -server.skew.leastMs };
  const ofTemporal = heardOf && skewByWorkers(heardOf, terminal.now());
  return [
    { machine: `this machine (${hostname()})`, leastMs: 0, mostMs: 0 },
    ...(ofTemporal
      ? [
          {
            machine: `the Temporal server (${settings.temporal.address})`,
            leastMs: -ofTemporal.mostMs,
            mostMs: -ofTemporal.leastMs,
          },
        ]
      : []),
    ...(ahead ? [{ machine: `Postgres (${server.where})`, ...ahead }] : []),
    ...(ahead && vendorAheadMs !== undefined
      ? [
          {
            machine: 'Mimecast',
            leastMs: ahead.leastMs + vendorAheadMs,
            mostMs: ahead.mostMs + vendorAheadMs,
          },
        ]
      : []),
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

const UNTESTED: TestedConnections = { findings: [] };

async function examineVendor(
  { services }: Context,
  stored: Looked<StoredConnections>,
  hasWorker: boolean,
): Promise<TestedConnections> {
  const rows = seenOf(stored)?.rows ?? [];
  const live = rows.filter(({ state }) => state === 'connected' || state === 'refused');
  if (!hasWorker) {
    return { findings: [findingsOn('connections').skipped('mimecast', 'there is no worker to call Mimecast')] };
  }
  return await testConnections(
    () => services.connections(),
    live.map(({ connectionId }) => connectionId),
  );
}
