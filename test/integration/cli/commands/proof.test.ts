import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { createEvidenceStore } from '../../../../evidence/store.js';
import { auditEvent, auditEvents, connect, logOf, page, PROVENANCE, takenWindow } from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { run as runCommandLine, type Ran } from '../../../support/cli/run.js';
import { test } from '../../../support/test.js';
import type { NewObservation } from '../../../../evidence/observations/observations.js';

test.beforeEach(async ({ store }) => {
  await connect(store, 'acme');
  const events = [auditEvent(0, { user: 'jane@example.com' }), ...auditEvents(1, 9)];
  await store.events.storePage(page(await takenWindow(store), 0, events));
  // U+2028 ends no line of a bundle.
  await store.observations.record(policies([{ id: 'p1', description: 'one\u2028two' }]));
  await store.observations.record(policies([{ id: 'p1', description: 'one\u2028two' }]));
});

function policies(body: unknown): NewObservation {
  return {
    connectionId: 'acme',
    generation: 1,
    stream: 'policies',
    endpoint: 'url-protect',
    outcome: 'collected',
    items: 1,
    body,
    provenance: PROVENANCE,
    runId: 'run-1',
  };
}

interface RanWithJson extends Ran {
  /** Output of a command with --json. */
  readonly json: Record<string, unknown>;
}

interface Place {
  /** Without the database, as a verifier elsewhere. */
  readonly offline?: boolean;
  /** Input of a person at the terminal. */
  readonly types?: string;
}

async function run(
  database: TestDatabase,
  argv: readonly string[],
  { offline = false, types }: Place = {},
): Promise<RanWithJson> {
  const env = { DATABASE_URL: offline ? 'postgres://nobody@127.0.0.1:1/x' : database.url };
  const ran = await runCommandLine(argv, env, types === undefined ? {} : { input: types });
  return { ...ran, json: argv.includes('--json') ? (JSON.parse(ran.stdout) as Record<string, unknown>) : {} };
}

const inFolder = (folder: string, name: string): string => path.join(folder, name);

async function written(database: TestDatabase, folder: string, name: string, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await run(database, argv);
  expect(exitCode).toBe(0);
  await writeFile(inFolder(folder, name), stdout);
  return inFolder(folder, name);
}

/** A key, a checkpoint of now, and a bundle of now. */
async function kept(
  database: TestDatabase,
  folder: string,
): Promise<{ key: string; checkpoint: string; bundle: string }> {
  const privateKey = inFolder(folder, 'key.pem');
  expect((await run(database, ['vault', 'checkpoint-key', '--file', privateKey])).stdout).toContain('BEGIN PUBLIC KEY');
  const checkpoint = await written(database, folder, 'acme.jws', ['checkpoint', 'acme', '--key', privateKey]);
  return {
    key: inFolder(folder, 'key.public.pem'),
    checkpoint,
    bundle: await written(database, folder, 'acme.jsonl', ['export', 'acme', '--what', 'bundle']),
  };
}

describe('a bundle', () => {
  test('is verified without the database, also after an erasure, and with the checkpoint of before', async ({
    database,
    folder,
  }) => {
    const { key, checkpoint, bundle } = await kept(database, folder);
    const proved = ['--checkpoint', checkpoint, '--key', key, '--json'];
    expect(await run(database, ['verify', '--bundle', bundle, ...proved], { offline: true })).toMatchObject({
      exitCode: 0,
      json: { connectionId: 'acme', ok: true, records: 5, checkpoint: { sequence: 5 } },
    });

    expect(
      await run(database, ['erase', 'acme', '--subject', 'jane@example.com', '--reason', 'request 1', '--yes']),
    ).toMatchObject({
      exitCode: 0,
    });
    const after = await written(database, folder, 'after.jsonl', ['export', 'acme', '--what', 'bundle']);
    const expected = {
      ok: true,
      records: 6,
      erased: { events: 1, observations: 0, rows: 0, verdicts: 0 },
      checkpoint: { sequence: 5 },
    };
    expect(await run(database, ['verify', '--bundle', after, ...proved], { offline: true })).toMatchObject({
      exitCode: 0,
      json: expected,
    });
    expect(await run(database, ['verify', 'acme', ...proved])).toMatchObject({ exitCode: 0, json: expected });
    expect((await run(database, ['verify', 'acme'])).stdout).toBe('acme: holds, 6 records, 1 erased by rule\n');
  });

  test('is verified with nothing but SHA-256 and Ed25519, as the documentation says', async ({ database, folder }) => {
    const { key, checkpoint, bundle } = await kept(database, folder);
    const [header = '', payload = '', signature = ''] = (await readFile(checkpoint, 'utf8')).trim().split('.');
    const publicKey = createPublicKey(await readFile(key));
    expect(verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({
      connectionId: 'acme',
      accountCode: 'CUK1A1',
      sequence: 5,
      records: { entries: 5, events: 10, observations: 2 },
    });

    const lines = (await readFile(bundle, 'utf8')).trim().split('\n');
    let hash = createHash('sha256').update('mimecast evidence log of acme').digest();
    for (const line of lines) {
      const { type, record } = JSON.parse(line) as { type: string; record: string };
      if (type === 'entry') hash = createHash('sha256').update(hash).update(record).digest();
    }
    expect(claims['hash']).toBe(hash.toString('hex'));
  });

  test('that was changed or cut off fails with exit code 1 and the first invalid record', async ({
    database,
    folder,
  }) => {
    const { key, checkpoint, bundle } = await kept(database, folder);
    const text = await readFile(bundle, 'utf8');
    const proved = ['--checkpoint', checkpoint, '--key', key];
    const cases: [string, string, RegExp][] = [
      [
        'changed',
        text.replace('User Logged On', 'User Logged Up'),
        /BROKEN at record 3 \(page\): an event of this page was changed/,
      ],
      ['cut', text.slice(0, text.lastIndexOf('{"type":"entry"')), /BROKEN at record 5 \(missing\)/],
      ['half', text.slice(0, -30), /BROKEN at record/],
      [
        'nonsense',
        `${text}nonsense\n`,
        /BROKEN at record 5 \(line\): line 19, after this entry, is not one of a bundle/,
      ],
    ];
    for (const [name, changed, message] of cases) {
      await writeFile(inFolder(folder, name), changed);
      const ran = await run(database, ['verify', '--bundle', inFolder(folder, name), ...proved], { offline: true });
      expect([name, ran.exitCode, ran.stdout]).toEqual([name, 1, expect.stringMatching(message)]);
    }
  });

  test('of a rebuilt log is detected by the checkpoint alone', async ({ database, store, folder }) => {
    const { key, checkpoint } = await kept(database, folder);
    await database.clear();
    await connect(store, 'acme');
    const rebuilt = await written(database, folder, 'rebuilt.jsonl', ['export', 'acme', '--what', 'bundle']);
    expect((await run(database, ['verify', '--bundle', rebuilt], { offline: true })).exitCode).toBe(0);
    const ran = await run(database, ['verify', '--bundle', rebuilt, '--checkpoint', checkpoint, '--key', key], {
      offline: true,
    });
    expect([ran.exitCode, ran.stdout]).toEqual([
      1,
      expect.stringMatching(/entry 3 is missing: the checkpoint of .* says that there were 5/),
    ]);
  });
});

test('a checkpoint and its private key are readable by their owner only', async ({ database, store, folder }) => {
  await kept(database, folder);
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  const made = await run(database, [
    ...['checkpoint', 'acme', '--key', inFolder(folder, 'key.pem')],
    ...['--out', inFolder(folder, 'out.jws')],
  ]);
  expect(made.exitCode).toBe(0);
  for (const name of ['key.pem', 'out.jws']) {
    expect((await stat(inFolder(folder, name))).mode & 0o777).toBe(0o600);
  }
});

test('a checkpoint of another log is rejected', async ({ database, store, folder }) => {
  const { key, checkpoint, bundle } = await kept(database, folder);
  await connect(store, 'globex');
  const globex = await written(database, folder, 'globex.jsonl', ['export', 'globex', '--what', 'bundle']);
  await writeFile(inFolder(folder, 'changed.jws'), (await readFile(checkpoint, 'utf8')).replace(/\.[^.]/, '.X'));
  await run(database, ['vault', 'checkpoint-key', '--file', inFolder(folder, 'other.pem')]);
  const otherKey = inFolder(folder, 'other.public.pem');

  const cases: [string[], number, string][] = [
    [['--bundle', globex, '--checkpoint', checkpoint, '--key', key], 2, 'other-connection'],
    [['globex', '--checkpoint', checkpoint, '--key', key], 2, 'other-connection'],
    [['globex', '--bundle', bundle], 2, 'other-connection'],
    [['acme', '--checkpoint', inFolder(folder, 'changed.jws'), '--key', key], 1, 'invalid-checkpoint'],
    [['acme', '--checkpoint', checkpoint, '--key', otherKey], 1, 'invalid-checkpoint'],
    [['acme', '--checkpoint', checkpoint], 2, 'usage.verify'],
    [['--bundle', checkpoint], 2, 'no-bundle'],
    [['--bundle', inFolder(folder, 'nothing')], 2, 'unreadable-file'],
    [[], 2, 'usage.verify'],
  ];
  for (const [argv, exitCode, code] of cases) {
    const ran = await run(database, ['verify', ...argv, '--json']);
    expect([argv, ran.exitCode, ran.json]).toEqual([
      argv,
      exitCode,
      { error: expect.objectContaining({ code }) as unknown },
    ]);
  }
});

describe('erase', () => {
  const erase = ['erase', 'acme', '--subject', 'jane@example.com', '--reason', 'request 4711'];
  const erasures = async (database: TestDatabase): Promise<number> =>
    (await logOf(database)).filter(({ kind }) => kind === 'erased').length;

  test('asks a person at a terminal, with what it found, and does nothing unless the answer is yes', async ({
    database,
  }) => {
    const no = await run(database, erase, { types: 'n\n' });
    expect([no.exitCode, await erasures(database)]).toEqual([1, 0]);
    expect(no.stderr).toContain('Erase the bodies of 1 events and 0 observations of acme for good?');
    const yes = await run(database, erase, { types: 'y\n' });
    expect([yes.exitCode, await erasures(database)]).toEqual([0, 1]);
    expect(yes.stdout).toMatch(
      /erased the bodies of 1 events and 0 observations; entry 6 of the log\nreceipt {2}[0-9a-f]{64}/,
    );
  });

  test('with nobody to ask needs --yes, and says with --dry-run what it would do', async ({ database }) => {
    expect(await run(database, [...erase, '--json'])).toMatchObject({
      exitCode: 2,
      json: { error: { code: 'usage.confirmation' } },
    });
    expect((await run(database, [...erase, '--dry-run', '--json'])).json).toEqual({
      connectionId: 'acme',
      events: 1,
      observations: 0,
      rows: 0,
      verdicts: 0,
    });
    expect(await erasures(database)).toBe(0);
    expect((await run(database, [...erase, '--yes', '--json'])).json).toMatchObject({
      events: 1,
      entries: { first: 6, last: 6 },
    });
    const [entry] = (await logOf(database)).filter(({ kind }) => kind === 'erased');
    expect(entry?.data).toMatchObject({ reason: 'request 4711', actor: expect.stringMatching(/.@./) as string });
  });

  test.for<[string, string[], string]>([
    ['no rule', ['--reason', 'r'], 'usage.erase'],
    ['two rules', ['--reason', 'r', '--subject', 'jane', '--before', '2025-01-01'], 'usage.erase'],
    ['no reason', ['--before', '2025-01-01'], 'usage.missingMandatoryOptionValue'],
    ['a date to come', ['--before', '2999-01-01', '--reason', 'r'], 'invalid-date'],
    ['a subject that matches everything', ['--subject', 'a ', '--reason', 'r'], 'invalid-subject'],
    ['an unknown kind', ['--before', '2025-01-01', '--reason', 'r', '--what', 'mail'], 'usage.invalidArgument'],
  ])('refuses %s', async ([, argv, code], { database }) => {
    expect(await run(database, ['erase', 'acme', ...argv, '--yes', '--json'])).toMatchObject({
      exitCode: 2,
      json: { error: { code } },
    });
    expect(await erasures(database)).toBe(0);
  });
});

test('a bundle is of one moment, whatever is stored while it is written, and gives its connection back', async ({
  database,
  store,
}) => {
  const before = createEvidenceStore({ databaseUrl: database.url, maxConnections: 1 });
  const types: string[] = [];
  for await (const record of before.proof.bundle('acme')) {
    // What comes after the snapshot is not in it.
    if (record.type === 'bundle') await store.observations.record(policies([{ id: 'p2' }]));
    types.push(record.type);
  }
  expect(types.filter((type) => type === 'entry')).toHaveLength(5);
  // The only connection of the pool was given back.
  expect(await before.proof.verify('acme')).toMatchObject({ ok: true, records: 6 });
  await before.close();
});
