import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDocuments, type LoadedDocuments, type LoadOptions } from '../../../../cli/apply/load-documents.js';
import { KeysCommandError, runCommand } from '../../../../cli/apply/run-command.js';
import type { FileProblem } from '../../../../cli/console/failures.js';
import { Output } from '../../../../cli/console/output.js';
import { resolveSettings } from '../../../../cli/reach/settings.js';
import { createKeyring, sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import { Recorder, RecordedTerminal } from '../../../support/cli/recorded-terminal.js';

const CREDENTIALS = {
  applicationId: 'id-canary',
  applicationKey: 'application-canary',
  accessKey: 'access-canary',
  secretKey: Buffer.from('secret-canary').toString('base64'),
};
const LINES = [
  `MIMECAST_APPLICATION_ID=${CREDENTIALS.applicationId}`,
  `MIMECAST_APPLICATION_KEY=${CREDENTIALS.applicationKey}`,
  `MIMECAST_ACCESS_KEY=${CREDENTIALS.accessKey}`,
  `MIMECAST_SECRET_KEY=${CREDENTIALS.secretKey}`,
].join('\n');
const ENV = Object.fromEntries(
  LINES.split('\n').map((line) => [
    line.slice(0, line.indexOf('=')).replace('MIMECAST_', 'ACME_'),
    line.slice(line.indexOf('=') + 1),
  ]),
);

let folder: string;
let sealed: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-apply-'));
  await mkdir(path.join(folder, 'keys'));
  await writeFile(path.join(folder, 'keys', 'acme.env'), LINES, { mode: 0o600 });
  await writeFile(path.join(folder, 'keys', 'half.env'), LINES.split('\n').slice(0, 2).join('\n'), { mode: 0o600 });
  await writeFile(path.join(folder, 'acme.json'), JSON.stringify(CREDENTIALS), { mode: 0o600 });
  sealed = await sealCredentials(sealingKey(await createKeyring()), 'acme', CREDENTIALS);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

let files = 0;
async function load(
  texts: readonly string[],
  { env = ENV, ...options }: LoadOptions & { readonly env?: Record<string, string> } = {},
): Promise<LoadedDocuments & { terminal: RecordedTerminal }> {
  const terminal = new RecordedTerminal({ PATH: process.env['PATH'], ...env });
  const paths = await Promise.all(
    texts.map(async (text) => {
      const file = path.join(folder, `${++files}.yaml`);
      await writeFile(file, text);
      return file;
    }),
  );
  const context = {
    terminal,
    output: new Output(terminal, { json: false, debug: false }),
    settings: resolveSettings({ TEMPORAL_CONFIG_FILE: '', HOME: '/nonexistent' }, undefined),
    signal: new AbortController().signal,
  };
  return { ...(await loadDocuments(context, paths, options)), terminal };
}

async function problemsOf(...texts: string[]): Promise<string[]> {
  const error: unknown = await load(texts).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'invalid-file', exitCode: 2 });
  const { faults: problems } = error as { faults: readonly FileProblem[] };
  const [first = ''] = problems.map(({ file }) => file);
  const told = problems.map(
    ({ file, line, field, message }) => `${file === first ? '' : 'other '}${line}: ${field} ${message}`,
  );
  expect(told.join()).not.toContain('canary');
  return told;
}

const one = (...lines: string[]): string =>
  ['connections:', '  acme:', '    baseUrl: https://eu-api.mimecast.com', ...lines.map((line) => `    ${line}`)].join(
    '\n',
  );

describe('every fault is told with its line', () => {
  test.each<[string, string, string[]]>([
    ['nothing at all', '', ['1: the document is empty']],
    ['only a comment', '# nothing\n', ['1: the document is empty']],
    ['no YAML', 'connections:\n  acme: "access-canary\n', ['3: the document is not YAML: missing char']],
    ['tabs', 'connections:\n\tacme: {}\n', ['2: the document is not YAML: tab as indent']],
    ['the same connection twice', `${one()}\n  acme: {}\n`, ['4: the document has the same name twice here']],
    [
      'an alias without an anchor',
      one('streams: *usual'),
      ['1: the document has an alias without an anchor, or too many aliases'],
    ],
    ['an unknown tag', one('streams: !!canary {}'), ['4: the document is not YAML: tag resolve failed']],
    [
      'an unknown field',
      one('streams:', '  policies:', '    every: 6h', '    evry: 6h'),
      ['7: acme.streams.policies.evry is not a field here; there are enabled, every'],
    ],
    [
      'a wrong type, in one line with others',
      one('pagination: {', '  tokenIn: meta,', '  pageSize: many }'),
      ['6: acme.pagination.pageSize must be a whole number from 1 to 500'],
    ],
    [
      'what is missing, at the connection',
      'defaults: {}\nconnections:\n\n  acme:\n    issuedAt: 2026-09-12\n',
      ['4: acme.baseUrl is missing, here and in the defaults'],
    ],
    [
      'a default',
      'defaults:\n  streams:\n    polices: { every: 6h }\nconnections: {}\n',
      [
        '3: defaults.streams.polices is not a stream; there are audit-events, policies, archive-settings, account, threat-statistics',
      ],
    ],
    [
      'what an anchor holds, where it stands',
      'defaults:\n  streams: &usual\n    policies: { every: 6 }\nconnections: {}\n',
      ['3: defaults.streams.policies.every must be a time between polls from 1m to 30d, like 90m, 6h or 1d'],
    ],
    [
      'keys in clear',
      one('credentials:', '  secretKey: secret-canary'),
      [
        '4: acme.credentials is not a field here; there are baseUrl, streams, endpointPaths, pagination, thresholds, coverage, retention, statistics, sealed, issuedAt, expectedAccount, keysFrom',
      ],
    ],
    [
      'an account without quotes',
      one('expectedAccount: 1234'),
      ['4: acme.expectedAccount must be text: put it in quotes'],
    ],
    ['no source', one('keysFrom:'), ['4: acme.keysFrom is empty']],
    ['none of the sources', one('keysFrom: {}'), ['4: acme.keysFrom names no source: file, command or env']],
    [
      'more than one source',
      one('keysFrom:', '  env: ACME_', '  file: keys/acme.env'),
      ['4: acme.keysFrom names more than one source of keys: keep one'],
    ],
    [
      'an unknown source',
      one('keysFrom:', '  vault: acme'),
      ['5: acme.keysFrom.vault is not a field here; there are file, command, env'],
    ],
    [
      'a command that is a text',
      one('keysFrom:', '  command: vault read'),
      ['5: acme.keysFrom.command must be a list: the program and its arguments, each in quotes'],
    ],
    ['an empty command', one('keysFrom:', '  command: []'), ['5: acme.keysFrom.command is empty']],
    [
      'a number among arguments',
      one('keysFrom:', '  command:', '    - head', '    - 5'),
      ['7: acme.keysFrom.command.1 must be text: put it in quotes'],
    ],
    ['no prefix', one('keysFrom: { env: "A B" }'), ['4: acme.keysFrom.env must be a prefix of variables, like ACME_']],
    [
      'variables that are not set',
      one('keysFrom: { env: BETA_ }'),
      [
        '4: acme.keysFrom cannot be used. These variables are not set: BETA_APPLICATION_ID, BETA_APPLICATION_KEY, BETA_ACCESS_KEY, BETA_SECRET_KEY.',
      ],
    ],
    [
      'a command that fails',
      one('keysFrom: { command: [sh, -c, "echo access-canary; exit 3"] }'),
      ['4: acme.keysFrom.command ended with exit code 3'],
    ],
    [
      'a command that is not there',
      one('keysFrom: { command: [no-such-program] }'),
      ['4: acme.keysFrom.command could not be started (ENOENT)'],
    ],
    [
      'a command that prints something else',
      one('keysFrom: { command: [echo, access-canary] }'),
      ['4: acme.keysFrom cannot be used. Line 1 of what the command printed is not KEY=VALUE.'],
    ],
    [
      'a command that prints too few',
      one('keysFrom: { command: [echo, ACCESS=canary] }'),
      [
        '4: acme.keysFrom cannot be used. The command does not print: MIMECAST_APPLICATION_ID, MIMECAST_APPLICATION_KEY, MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY.',
      ],
    ],
  ])('%s', async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test('keys files that cannot be read, or lack keys', async () => {
    expect((await problemsOf(one('keysFrom: { file: nothere.env }'))).join()).toMatch(
      /^4: acme\.keysFrom cannot be used\. .*ENOENT/,
    );
    expect((await problemsOf(one('keysFrom: { file: keys/half.env }'))).join()).toMatch(
      /lacks keys: MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY/,
    );
  });

  test('sealed for another connection, and a second source beside it', async () => {
    const text = `connections:\n  beta:\n    baseUrl: https://eu-api.mimecast.com\n    keysFrom: { env: ACME_ }\n    sealed: ${sealed}\n`;
    expect(await problemsOf(text)).toEqual([
      '4: beta.keysFrom is a second source of keys beside sealed: keep one',
      '5: beta.sealed is sealed for the connection "acme"',
    ]);
  });

  test('all at once, over all files and documents, and no program runs as long as there are any', async () => {
    const marker = path.join(folder, 'ran');
    const running = one(`keysFrom: { command: [touch, ${marker}] }`);
    const problems = await problemsOf(
      `${one('x: 1')}\n---\nconnections:\n  beta: { y: 1 }\n`,
      `${running}\n`,
      'connections: [',
    );
    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).toMatch(
      /^4: acme\.x .*\n7: beta\.y .*\n7: beta\.baseUrl .*\nother 2: acme is there twice: first at \S+:2\nother \d: the document is not YAML/,
    );
    await expect(access(marker)).rejects.toThrow('ENOENT');
    await problemsOf(running);
    await expect(access(marker)).resolves.toBeUndefined();
  });
});

describe('keys come', () => {
  test.each([
    ['from the environment', 'keysFrom: { env: ACME_ }'],
    ['from a file, beside the one that names it', 'keysFrom: { file: keys/acme.env }'],
    ['from JSON', 'keysFrom: { file: acme.json }'],
    ['from a command in the folder of the file', 'keysFrom: { command: [cat, keys/acme.env] }'],
  ])('%s', async (_, line) => {
    const { documents, terminal } = await load([one(line)]);
    expect(documents).toEqual([
      { connections: { acme: { baseUrl: 'https://eu-api.mimecast.com', credentials: CREDENTIALS } } },
    ]);
    expect(terminal.stderr.text).toBe('');
  });

  test('of the generation of the API that the base URL is for, where there are both', async () => {
    const env = { ...ENV, ACME_CLIENT_ID: 'client-5', ACME_CLIENT_SECRET: 'secret-6' };
    const text = one('keysFrom: { env: ACME_ }');
    const old = await load([text], { env });
    expect(old.documents[0]?.connections).toMatchObject({ acme: { credentials: CREDENTIALS } });
    const baseUrl = 'https://api.services.mimecast.com';
    const { documents } = await load([text.replace('https://eu-api.mimecast.com', baseUrl)], { env });
    expect(documents[0]?.connections['acme']).toEqual({
      baseUrl,
      credentials: { clientId: 'client-5', clientSecret: 'secret-6' },
    });
  });

  test('without a shell, and what the command says for people is passed on', async () => {
    const { terminal } = await load([
      one(`keysFrom: { command: [sh, -c, 'echo "$1" >&2; cat keys/acme.env', sh, "$(id) *"] }`),
    ]);
    expect(terminal.stderr.text).toBe('$(id) *\n');
  });

  test('only for the connections that are asked for', async () => {
    const text = `${one('keysFrom: { env: ACME_ }')}\n  beta:\n    baseUrl: https://eu-api.mimecast.com\n    keysFrom: { env: NOTHERE_ }\n`;
    const { documents } = await load([text], { only: ['acme'] });
    expect(documents[0]?.connections).toMatchObject({ acme: { credentials: CREDENTIALS } });
    expect(documents[0]?.connections['beta']).toEqual({ baseUrl: 'https://eu-api.mimecast.com' });
  });
});

describe('a dry run', () => {
  test('runs no command that prints keys, and says what would be run and where', async () => {
    const marker = path.join(folder, 'ran in a dry run');
    const text = one(`keysFrom: { command: [touch, '${marker}'] }`);
    const { documents, unfetchedKeys } = await load([text], { dryRun: true });
    await expect(access(marker)).rejects.toThrow('ENOENT');
    expect(documents).toEqual([{ connections: { acme: { baseUrl: 'https://eu-api.mimecast.com' } } }]);
    expect([...unfetchedKeys]).toEqual([
      [
        'acme',
        `Its keys were not read, because a dry run runs no commands. apply would run in ${folder}: touch '${marker}'`,
      ],
    ]);
  });

  test('reads keys in files and variables, and says nothing of connections that were not asked for', async () => {
    const text = `${one('keysFrom: { env: ACME_ }')}\n  beta:\n    baseUrl: https://eu-api.mimecast.com\n    keysFrom: { command: [cat] }\n`;
    const { documents, unfetchedKeys } = await load([text], { dryRun: true, only: ['acme'] });
    expect(documents[0]?.connections).toMatchObject({ acme: { credentials: CREDENTIALS } });
    expect(unfetchedKeys.size).toBe(0);
  });

  test('still finds what is wrong with a command', async () => {
    await expect(load([one('keysFrom: { command: [] }')], { dryRun: true })).rejects.toThrow('One fault was found.');
  });
});

describe('a command that prints keys is bounded', () => {
  const stderr = new Recorder();
  const run = (script: string, limitMs = 5_000, signal = new AbortController().signal): Promise<string> =>
    runCommand(['sh', '-c', script], { folder, env: { PATH: process.env['PATH'] }, stderr, signal, limitMs });

  test('in time, even when what it started lives on', async () => {
    await expect(run('sleep 600 & echo $! >&2; exec sleep 600', 2_000)).rejects.toThrow('took longer than 2 s');
    const livesOn = Number(stderr.text);
    expect(livesOn).toBeGreaterThan(1);
    process.kill(livesOn);
  });

  test('in output', async () => {
    await expect(run('yes access-canary')).rejects.toThrow('printed more than 64 KB');
  });

  test('by whoever interrupts', async () => {
    const interruption = new AbortController();
    const running = run('sleep 30', 30_000, interruption.signal);
    interruption.abort();
    await expect(running).rejects.toThrow(KeysCommandError);
  });
});
