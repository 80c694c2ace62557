import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { MimecastConnections, type ApplyDocument } from '../client/index.js';
import { createEvidenceStore } from '../evidence/store.js';
import { startDevStack, type DevStack } from '../sandbox/dev-stack.js';
import { believableTenant } from '../sandbox/simulator/fixtures/believable-tenant.js';
import { readKeyring, sealingKey } from '../vault/keyring.js';
import { createMimecastWorker } from '../worker/create-worker.js';

/**
 * Measures `apply` for many connections, on its own servers: connect all, apply again, and change one setting in all.
 * `node dist/bench/apply.js [connections] [concurrency]`
 *
 * The worker and the simulated vendor share the process with the client, so production is at least this fast.
 */
const DEFAULT_CONNECTIONS = 500;
const DEFAULT_CONCURRENCY = 10;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function documentFor(stack: DevStack, count: number): ApplyDocument {
  const connections = Array.from({ length: count }, (_, index) => {
    const tenant = believableTenant({ seed: index + 2, events: 20 });
    stack.simulator.addTenant(tenant);
    return [`tenant-${String(index + 1).padStart(4, '0')}`, { credentials: tenant.keys }] as const;
  });
  return { defaults: { baseUrl: stack.simulator.url }, connections: Object.fromEntries(connections) };
}

async function measure(client: MimecastConnections, what: string, document: ApplyDocument, concurrency: number) {
  const startedMs = performance.now();
  let plannedMs = startedMs;
  const { ok, results, plan } = await client.apply([document], {
    concurrency,
    onPlan: () => {
      plannedMs = performance.now();
    },
  });
  const actions = plan.connections.reduce((sum, connection) => sum + connection.actions.length, 0);
  const failed = results.filter((result) => !result.ok).length;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const planning = seconds(plannedMs - startedMs);
  say(
    `${what}: ${actions} actions, ${failed} failed, planned in ${planning}, ${seconds(performance.now() - startedMs)} in all`,
  );
  return ok;
}

async function main([
  count = DEFAULT_CONNECTIONS,
  concurrency = DEFAULT_CONCURRENCY,
]: readonly number[]): Promise<boolean> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mimecast-apply-'));
  // As root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(dataDir, 0o711);
  const stack = await startDevStack({ dataDir, log: say });
  try {
    return await withWorker(stack, async (client) => {
      const document = documentFor(stack, count);
      const edited: ApplyDocument = {
        ...document,
        defaults: { ...document.defaults, streams: { policies: { every: '12h' } } },
      };
      const made = await measure(client, 'connect', document, concurrency);
      const again = await measure(client, 'the same again', document, concurrency);
      const changed = await measure(client, 'one setting', edited, concurrency);
      return made && again && changed && (await measure(client, 'the same again', edited, concurrency));
    });
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function withWorker(
  { addresses }: DevStack,
  work: (client: MimecastConnections) => Promise<boolean>,
): Promise<boolean> {
  const { temporalAddress: address, databaseUrl, keyringFile } = addresses;
  const keyring = await readKeyring(keyringFile);
  const [connection, nativeConnection] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const worker = await createMimecastWorker({
    databaseUrl,
    keyring,
    allowLoopback: true,
    connection: nativeConnection,
  });
  const store = createEvidenceStore({ databaseUrl, maxConnections: 2 });
  try {
    return await worker.runUntil(() =>
      work(
        new MimecastConnections({
          client: new Client({ connection }),
          sealingKey: sealingKey(keyring),
          evidence: store,
          allowLoopback: true,
        }),
      ),
    );
  } finally {
    await Promise.all([nativeConnection.close(), connection.close(), store.close()]);
  }
}

process.exitCode = (await main(process.argv.slice(2).map(Number))) ? 0 : 1;
