import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, type TestContext } from 'vitest';
import { createAuthority } from '../../../support/certificates.js';
import { run, type Ran } from '../../../support/cli/run.js';
import { environmentOf } from '../../../support/engine.js';
import { startTemporalGateway, type TemporalGateway } from '../../../support/temporal-gateway.js';
import { test as base } from '../../../support/test.js';
import { startWorkerProcess } from '../../../support/worker-process.js';

const API_KEY = 'api-key-canary';

/** Methods that Temporal's default authorizer grants to readers, and those that only administrators may call. */
const READS = /^(Describe|Get|List|Count|Scan|Query)|^PollWorkflowExecutionUpdate$/;
const ADMINISTERS =
  /^(Add|Remove)(SearchAttributes|RemoteCluster|OrUpdateRemoteCluster)$|^(Register|Update|Deprecate|Delete)Namespace$/;

const test = base
  .extend('engineOptions', { scope: 'file' }, { worker: 'none' } as const)
  .extend('authority', ({ folder }) => createAuthority(folder))
  .extend('keyringFile', async ({ engine, folder }) => {
    const file = path.join(folder, 'keyring.json');
    await writeFile(file, JSON.stringify(engine.keyring), { mode: 0o600 });
    return file;
  })
  .extend('keysFile', async ({ engine, folder }) => {
    const file = path.join(folder, 'keys.json');
    await writeFile(file, JSON.stringify(engine.addTenant({ events: 5 }).keys), { mode: 0o600 });
    return file;
  });

const ready = async (
  gateway: Promise<TemporalGateway>,
  onTestFinished: TestContext['onTestFinished'],
): Promise<TemporalGateway> => {
  const started = await gateway;
  onTestFinished(() => started.stop());
  return started;
};

test('a worker and the commands reach a Temporal that demands a client certificate', async ({
  engine,
  folder,
  authority,
  keyringFile,
  keysFile,
  onTestFinished,
}) => {
  const options = {
    upstream: inject('temporalAddress'),
    server: await authority.issue('localhost'),
    clientAuthority: authority.cert,
  };
  const gateway = await ready(startTemporalGateway(options), onTestFinished);
  const client = await authority.issue('worker.example');
  const tls = {
    TEMPORAL_ADDRESS: gateway.address,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
    TEMPORAL_TLS_CLIENT_CERT_PATH: client.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: client.key,
  };
  await startWorkerProcess(engine, { onTestFinished }, { changes: tls });
  const command = (argv: readonly string[], changes: Record<string, string | undefined> = {}): Promise<Ran> =>
    run(argv, { ...environmentOf(engine, keyringFile), ...tls, ...changes });

  const id = engine.newId();
  const connect = ['connect', id, '--base-url', engine.simulator.url, '--keys-file', keysFile];
  expect(await command(connect)).toMatchObject({ exitCode: 0 });
  expect(await command(['poll', id, '--json'])).toMatchObject({ exitCode: 0 });

  const stranger = await (await createAuthority(folder, 'stranger')).issue('worker.example');
  const refused: [string, Record<string, string | undefined>][] = [
    ['without a certificate', { TEMPORAL_TLS_CLIENT_CERT_PATH: undefined, TEMPORAL_TLS_CLIENT_KEY_PATH: undefined }],
    [
      'with one of another authority',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: stranger.cert, TEMPORAL_TLS_CLIENT_KEY_PATH: stranger.key },
    ],
    ['without a known authority of the server', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: undefined }],
    ['by another name', { TEMPORAL_ADDRESS: gateway.address.replace('localhost', '127.0.0.1') }],
  ];
  for (const [name, changes] of refused) {
    expect([name, (await command(['list'], changes)).exitCode]).toEqual([name, 3]);
  }
});

test('a worker and the commands reach a Temporal that demands an API key, and none shows it', async ({
  engine,
  authority,
  keyringFile,
  keysFile,
  onTestFinished,
}) => {
  const options = {
    upstream: inject('temporalAddress'),
    server: await authority.issue('localhost'),
    apiKey: API_KEY,
  };
  const gateway = await ready(startTemporalGateway(options), onTestFinished);
  const access = {
    TEMPORAL_ADDRESS: gateway.address,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
    TEMPORAL_API_KEY: API_KEY,
  };
  await startWorkerProcess(engine, { onTestFinished }, { changes: access });
  const command = (argv: readonly string[], changes: Record<string, string> = {}): Promise<Ran> =>
    run(argv, { ...environmentOf(engine, keyringFile), ...access, ...changes });

  const id = engine.newId();
  const connect = ['connect', id, '--base-url', engine.simulator.url, '--keys-file', keysFile];
  expect(await command(connect)).toMatchObject({ exitCode: 0 });
  expect(await command(['poll', id, '--json'])).toMatchObject({ exitCode: 0 });

  const wrong = await command(['--debug', 'list'], { TEMPORAL_API_KEY: `${API_KEY}-old` });
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stdout + wrong.stderr).not.toContain(API_KEY);
});

test('workers and commands need the permission to write, and commands that show need the one to read', async ({
  engine,
  authority,
  keyringFile,
  keysFile,
  onTestFinished,
}) => {
  const options = { upstream: inject('temporalAddress'), server: await authority.issue('localhost') };
  const writer = await ready(
    startTemporalGateway({ ...options, permits: (method) => !ADMINISTERS.test(method) }),
    onTestFinished,
  );
  const reader = await ready(
    startTemporalGateway({ ...options, permits: (method) => READS.test(method) }),
    onTestFinished,
  );
  const through = ({ address }: TemporalGateway): Record<string, string> => ({
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
  });
  const command = (gateway: TemporalGateway, argv: readonly string[]): Promise<Ran> =>
    run(argv, { ...environmentOf(engine, keyringFile), ...through(gateway) });
  await startWorkerProcess(engine, { onTestFinished }, { changes: through(writer) });

  const id = engine.newId();
  const connect = ['connect', id, '--base-url', engine.simulator.url, '--keys-file', keysFile];
  const changes = [connect, ['poll', id], ['pause', id, '--note', 'maintenance'], ['resume', id]];
  for (const argv of changes) expect([argv, await command(writer, argv)]).toMatchObject([argv, { exitCode: 0 }]);
  const shows = [['list'], ['status', id], ['posture', id], ['verify', id], ['gaps', id], ['drift', id]];
  for (const argv of shows) expect([argv, await command(reader, argv)]).toMatchObject([argv, { exitCode: 0 }]);
  for (const argv of [
    ['pause', id, '--note', 'maintenance'],
    ['poll', id],
  ]) {
    const refused = await command(reader, argv);
    expect([argv, refused.exitCode]).not.toEqual([argv, 0]);
    expect(refused.stderr).toMatch(/unauthorized|permission/i);
  }
  expect([...writer.called].filter((method) => ADMINISTERS.test(method))).toEqual([]);
});
