import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { ApplyDocument, ApplyReport, ConnectionFields } from '../../../client/index.js';
import type { TenantKeys } from '../../../sandbox/simulator/tenant.js';
import { sealingKey } from '../../../vault/keyring.js';
import { sealCredentials } from '../../../vault/sealing.js';
import { environmentOf, type Engine } from '../../support/engine.js';
import { run, type Ran } from '../../support/cli/run.js';
import { test } from '../../support/test.js';

/** As many as make a difference to the order and few enough for a suite; 500 are a check of their own. */
const MANY = 20;

/** Connections to tenants of their own, as a document has them. */
function tenants(engine: Engine, count: number) {
  return Array.from({ length: count }, () => {
    const tenant = engine.addTenant({ events: 20 });
    return { id: engine.newId(), tenant };
  });
}

type Tenants = ReturnType<typeof tenants>;

function documentOf(
  engine: Engine,
  all: Tenants,
  fields: (index: number) => ConnectionFields = () => ({}),
): ApplyDocument {
  return {
    defaults: { baseUrl: engine.simulator.url, streams: { policies: { every: '12h' } } },
    connections: Object.fromEntries(
      all.map(({ id, tenant }, index) => [id, { credentials: { ...tenant.running.keys }, ...fields(index) }]),
    ),
  };
}

const done = ({ results }: ApplyReport): string[] =>
  results.map(({ connectionId, action, ok }) => `${connectionId} ${action} ${ok ? 'ok' : 'failed'}`);

const planned = ({ plan }: ApplyReport): string[] =>
  plan.connections.flatMap(({ actions }) => actions.map(({ action }) => action));

const only = (all: Tenants) => ({ only: all.map(({ id }) => id) });

test('many connections are connected, edited and rotated; applied again, a document changes nothing', async ({
  engine,
}) => {
  const { connections } = engine;
  const all = tenants(engine, MANY);
  const ids = all.map(({ id }) => id).sort();

  const dry = await connections.apply([documentOf(engine, all)], { dryRun: true });
  expect(planned(dry)).toEqual(ids.map(() => 'connect'));
  expect(await connections.list()).toEqual([]);

  const made = await connections.apply([documentOf(engine, all)]);
  expect(made.ok).toBe(true);
  expect(done(made)).toEqual(ids.map((id) => `${id} connect ok`));
  const again = await connections.apply([documentOf(engine, all)]);
  expect([again.ok, planned(again)]).toEqual([true, []]);
  const [first, second, third] = all;
  if (!first || !second || !third) throw new Error('too few tenants');
  expect(await connections.status(first.id)).toMatchObject({
    state: 'connected',
    account: { code: first.tenant.accountCode },
    streams: expect.arrayContaining([expect.objectContaining({ stream: 'policies', every: '12h' })]) as unknown,
  });

  second.tenant.running.rotateKeys();
  third.tenant.running.rotateKeys();
  const changed = documentOf(engine, all, (index) =>
    index === 0 || index === 2 ? { streams: { policies: { every: '6h' }, account: { enabled: false } } } : {},
  );
  const edited = await connections.apply([changed]);
  expect(done(edited)).toEqual(
    [`${first.id} edit ok`, `${second.id} rotate ok`, `${third.id} rotate ok`, `${third.id} edit ok`].sort(byIdOf(ids)),
  );
  expect(planned(await connections.apply([changed]))).toEqual([]);
  expect((await connections.status(third.id)).credentials).toMatchObject({ version: 2, state: 'active' });
  expect((await connections.status(third.id)).streams.map(({ stream, every }) => [stream, every])).toContainEqual([
    'policies',
    '6h',
  ]);
});

/** In the order of the ids, and as they are for the same one. */
const byIdOf =
  (ids: readonly string[]) =>
  (a: string, b: string): number =>
    ids.indexOf(a.split(' ')[0] ?? '') - ids.indexOf(b.split(' ')[0] ?? '');

test('keys that are refused fail alone, and are tried again by the next apply', async ({ engine }) => {
  const { connections } = engine;
  const all = tenants(engine, 3);
  const [, bad] = all;
  if (!bad) throw new Error('too few tenants');
  const wrong = documentOf(engine, all, (index) =>
    index === 1 ? { credentials: { ...bad.tenant.keys, accessKey: 'x'.repeat(40) } } : {},
  );
  const report = await connections.apply([wrong], only(all));
  expect(report.ok).toBe(false);
  expect(report.results.filter(({ ok }) => !ok)).toMatchObject([
    {
      connectionId: bad.id,
      action: 'connect',
      report: { authentication: 'rejected' },
      reason: expect.any(String) as unknown,
    },
  ]);
  expect((await connections.status(bad.id)).state).toBe('refused');

  const fixed = await connections.apply([documentOf(engine, all)], only(all));
  expect(done(fixed)).toEqual([`${bad.id} rotate ok`]);
  expect((await connections.status(bad.id)).state).toBe('connected');
});

test('an account that is not the pinned one is an error, and nothing is changed', async ({ engine }) => {
  const { connections } = engine;
  const all = tenants(engine, 2);
  await connections.apply([documentOf(engine, all.slice(0, 1))]);
  const document = documentOf(engine, all, () => ({ expectedAccount: 'CUOTHER1' }));
  await expect(connections.apply([document], only(all))).rejects.toMatchObject({
    name: 'MimecastApplyError',
    faults: [{ document: 0, path: ['connections', all[0]?.id, 'expectedAccount'] }],
  });
  expect((await connections.list()).map(({ connectionId }) => connectionId)).not.toContain(all[1]?.id);
});

test('a workflow that is missing is started again, and the pause of an operator stays', async ({ engine }) => {
  const { connections, client } = engine;
  const [one] = tenants(engine, 1);
  if (!one) throw new Error('no tenant');
  const options = { only: [one.id] };
  await connections.apply([documentOf(engine, [one])], options);
  await connections.pause(one.id, { streams: ['policies'], note: 'audit week' });
  await client.workflow.getHandle(`mimecast/${one.id}`).terminate();
  await expect
    .poll(async () => planned(await connections.apply([documentOf(engine, [one])], { ...options, dryRun: true })))
    .toEqual(['resume-entity']);

  expect(done(await connections.apply([documentOf(engine, [one])], options))).toEqual([`${one.id} resume-entity ok`]);
  const { streams } = await connections.status(one.id);
  expect(streams.filter(({ paused }) => paused).map(({ stream }) => stream)).toEqual(['policies']);
  expect(planned(await connections.apply([documentOf(engine, [one])], options))).toEqual([]);
});

test('connections in no document are disconnected on request, up to a limit; and connected again', async ({
  engine,
}) => {
  const { connections } = engine;
  const [kept, ...others] = tenants(engine, 3);
  if (!kept) throw new Error('no tenant');
  const all = [kept, ...others];
  await connections.apply([documentOf(engine, all)]);
  const options = { ...only(all), prune: true };

  await expect(connections.apply([documentOf(engine, [kept])], options)).rejects.toMatchObject({
    code: 'prune-limit',
    message: expect.stringContaining(
      others
        .map(({ id }) => id)
        .sort()
        .join(', '),
    ) as unknown,
  });
  for (const { id } of all) expect((await connections.status(id)).state).toBe('connected');

  const pruned = await connections.apply([documentOf(engine, [kept])], { ...options, pruneLimit: 2 });
  expect(done(pruned)).toEqual(others.map(({ id }) => `${id} disconnect ok`).sort());
  expect(planned(await connections.apply([documentOf(engine, [kept])], options))).toEqual([]);

  const again = await connections.apply([documentOf(engine, all)], only(all));
  expect(done(again)).toEqual(others.map(({ id }) => `${id} connect ok`).sort());
  expect(planned(await connections.apply([documentOf(engine, all)], only(all)))).toEqual([]);
});

const variables = (keys: TenantKeys, prefix = 'MIMECAST_'): Record<string, string> => ({
  [`${prefix}APPLICATION_ID`]: keys.applicationId,
  [`${prefix}APPLICATION_KEY`]: keys.applicationKey,
  [`${prefix}ACCESS_KEY`]: keys.accessKey,
  [`${prefix}SECRET_KEY`]: keys.secretKey,
});

test('the command line takes keys that are sealed, in files, printed and in the environment, and shows none', async ({
  engine,
  folder,
}) => {
  const keyringFile = path.join(folder, 'ring.json');
  await writeFile(keyringFile, JSON.stringify(engine.keyring), { mode: 0o600 });
  const cli = (argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
    run(argv, { HOME: '/nonexistent', ...environmentOf(engine, keyringFile), ...env });
  const [sealed, inFile, printed, inEnvironment] = tenants(engine, 4).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (!sealed || !inFile || !printed || !inEnvironment) throw new Error('too few tenants');
  const all = [sealed, inFile, printed, inEnvironment];
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify(inFile.tenant.keys), { mode: 0o600 });
  const lines = Object.entries(variables(printed.tenant.keys)).map(([name, value]) => `${name}=${value}`);
  await writeFile(path.join(folder, 'printed.env'), lines.join('\n'), { mode: 0o600 });
  const env = variables(inEnvironment.tenant.keys, 'ACME_');
  const text = await sealCredentials(sealingKey(engine.keyring), sealed.id, { ...sealed.tenant.keys });
  const file = path.join(folder, 'connections.yaml');
  const keysOf = {
    [sealed.id]: { sealed: text },
    [inFile.id]: { keysFrom: { file: 'keys.json' } },
    [printed.id]: { keysFrom: { command: ['cat', 'printed.env'] } },
    [inEnvironment.id]: { keysFrom: { env: 'ACME_' } },
  };
  await writeFile(file, stringify({ defaults: { baseUrl: engine.simulator.url }, connections: keysOf }));
  const argv = ['apply', '-f', file, ...all.flatMap(({ id }) => ['--only', id])];

  const dry = await cli([...argv, '--dry-run'], env);
  const plan = all.map(({ id }) => `+ ${id}  connect  ${engine.simulator.url}`);
  const unfetched =
    `  ${printed.id}  note: Its keys were not read, because a dry run runs no commands. ` +
    `apply would run in ${folder}: cat printed.env`;
  const dryPlan = plan.flatMap((line) => (line.includes(printed.id) ? [line, unfetched] : [line]));
  expect(dry).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [...dryPlan, '', 'Plan: 4 to connect, 0 unchanged.', 'Dry run: nothing was changed.', ''].join('\n'),
  });
  const applied = await cli(argv, env);
  expect(applied).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [...plan, '', 'Plan: 4 to connect, 0 unchanged.', '', '4 done, 0 failed.', ''].join('\n'),
  });
  const again = await cli(argv, env);
  expect(again).toEqual({ exitCode: 0, stderr: '', stdout: 'Nothing to do: 4 connections are as in the files.\n' });
  expect((await cli([...argv, '--dry-run'], env)).stdout).toBe(
    [
      unfetched,
      '',
      'Nothing to do: 4 connections are as in the files, apart from the keys of 1, which were not read.',
      '',
    ].join('\n'),
  );

  // The same keys in another form are the same keys.
  const resealed = {
    [inFile.id]: {
      sealed: (await cli(['vault', 'seal', '--connection', inFile.id], variables(inFile.tenant.keys))).stdout.trim(),
    },
  };
  await writeFile(
    file,
    stringify({ defaults: { baseUrl: engine.simulator.url }, connections: { ...keysOf, ...resealed } }),
  );
  expect((await cli(argv, env)).stdout).toContain('Nothing to do');

  sealed.tenant.running.rotateKeys();
  const newText = await cli(['vault', 'seal', '--connection', sealed.id], variables(sealed.tenant.running.keys));
  await writeFile(
    file,
    stringify({
      defaults: { baseUrl: engine.simulator.url },
      connections: { ...keysOf, [sealed.id]: { sealed: newText.stdout.trim() } },
    }),
  );
  const rotated = await cli([...argv, '--json'], env);
  expect(rotated.exitCode).toBe(0);
  expect(JSON.parse(rotated.stdout)).toMatchObject({
    ok: true,
    results: [{ connectionId: sealed.id, action: 'rotate', ok: true }],
  });
  expect((await cli(argv, env)).stdout).toContain('Nothing to do');

  const said = [dry, applied, again, rotated].map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const { tenant } of all) for (const key of Object.values(tenant.keys)) expect(said).not.toContain(key);
});
