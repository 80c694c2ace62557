/**
 * Uses every entry point of the installed package on real servers, and prints what came of it as JSON.
 *
 * DATABASE_URL names an empty database, TEMPORAL_ADDRESS the server, and TASK_QUEUE a queue that nobody else uses: also the id of the
 * connection.
 */
import type {
  BackfillReport,
  ConnectionTest,
  MimecastConnections,
  PollReport,
  StoredEvaluation,
} from '@surecloud/temporal-mimecast/client';
import type { Simulator } from '@surecloud/temporal-mimecast/sandbox';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownActivities } from './activities.js';
import { connectionsFor, inWords, originOf, sealedFor, summaryOf } from './client.js';
import { bundleLines, counted, migratedStore } from './evidence.js';
import { disturb, pathsCalled, startVendor } from './sandbox.js';
import { asJson } from './types.js';
import { configurationProblem, isOnePlugin, madeWorker, newKeyring, ownWorker } from './worker.js';
import { names } from './workflow-runs.js';

const EVENTS = 40;
const DAY_MS = 86_400_000;

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};

Runtime.install({ logger: new DefaultLogger('ERROR') });
const databaseUrl = required('DATABASE_URL');
const address = required('TEMPORAL_ADDRESS');
const taskQueue = required('TASK_QUEUE');
const id = taskQueue;
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const folder = await mkdtemp(join(tmpdir(), 'consumer-'));
const store = await migratedStore(databaseUrl);
const { simulator, tenant } = await startVendor(EVENTS);
const { keyring, publicKey } = await newKeyring();
const keyFile = join(folder, 'sealing-key.json');
await writeFile(keyFile, asJson(publicKey));
const connections = await connectionsFor({ client, taskQueue }, store, keyFile);
const place = { connection, taskQueue, databaseUrl };

try {
  const own = await ownWorker(place, keyring);
  const collected = await own.runUntil(() => collect(connections, simulator));
  const made = await madeWorker(place, keyring);
  const moved = await made.runUntil(() => moveOn(connections, simulator));
  process.stdout.write(asJson({ ...collected, ...moved, ...(await readBack()), ...withoutServers() }));
} finally {
  await Promise.all([simulator.stop(), store.close(), client.connection.close(), connection.close()]);
  await rm(folder, { recursive: true });
}

/** On the user's own worker, with the plugin. */
async function collect(connections: MimecastConnections, { url, requests }: Simulator): Promise<object> {
  const baseUrl = originOf(url, { allowLoopback: true }) ?? 'no origin';
  const refused = await connections.connect(id, { baseUrl, credentials: { accessKey: 'cut off' } }).catch(inWords);
  const test: ConnectionTest = await connections.connect(id, { baseUrl, credentials: tenant.keys });
  const polls: PollReport[] = await connections.poll(id, ['audit-events', 'account']);
  const posture: StoredEvaluation = await connections.posture(id);
  const summary = summaryOf(await connections.status(id), posture);
  return {
    refused,
    connected: test.ok,
    outcomes: polls.map(({ outcome }) => outcome),
    controls: posture.controls.length,
    saysWhichStreams: summary.includes('audit-events: collected'),
    called: pathsCalled(requests).size > 1,
  };
}

/** On a worker that the package made: with new keys, and a backfill of what is held already. */
async function moveOn(connections: MimecastConnections, { tenants }: Simulator): Promise<object> {
  const [running] = tenants;
  if (!running) throw new Error('The simulator has no tenant.');
  const keys = disturb(running);
  const { sealed } = await sealedFor(publicKey, id, keys);
  const rotation = await connections.rotate(id, { sealed });
  const report: BackfillReport = await connections.backfill(id, { from: new Date(Date.now() - DAY_MS) });
  await connections.disconnect(id);
  return { rotated: rotation.accepted, backfill: report.outcome };
}

async function readBack(): Promise<object> {
  const { events, verified, entries } = await counted(store, id, new Date());
  let lines = 0;
  for await (const line of bundleLines(store.proof, id)) lines += line === '' ? 0 : 1;
  const { activities, close } = ownActivities(store, keyring);
  await close();
  const row = await store.connections.read(id);
  return {
    events: events >= EVENTS,
    verified,
    logged: entries > 0,
    bundled: lines > events,
    state: row?.state,
    activities: Object.keys(activities).every((name) => name.startsWith('mimecast.')),
  };
}

function withoutServers(): object {
  return {
    isOnePlugin,
    workflows: names.length,
    problem: configurationProblem({}),
    nowhere: originOf('http://vendor'),
  };
}
