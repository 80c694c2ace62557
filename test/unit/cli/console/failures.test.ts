import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { CliError, failureOf } from '../../../../cli/console/failures.js';
import { MimecastClientError } from '../../../../client/index.js';
import {
  EvidenceNamespaceError,
  EvidenceUpgradeError,
  EvidenceSchemaError,
  EvidenceUnreachableError,
} from '../../../../evidence/database/errors.js';
import { parseCredentials } from '../../../../mimecast/credentials.js';
import { parseBaseUrl } from '../../../../mimecast/regions.js';
import { VaultForeignKeyError, VaultKeyringError } from '../../../../vault/errors.js';
import { PROTOTYPE_NAMES } from '../../../support/hostile.js';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

describe('what went wrong decides the exit code', () => {
  test.each<[string, unknown, string, number]>([
    ['wrong usage', new CliError('bad', 'It is bad.', 'Do better.'), 'bad', 2],
    [
      'an unknown command',
      new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'"),
      'usage.unknownCommand',
      2,
    ],
    [
      "a base URL that is not Mimecast's",
      thrownBy(() => parseBaseUrl('https://evil.example', { allowLoopback: false })),
      'invalid-base-url',
      2,
    ],
    ['keys that cannot be right', thrownBy(() => parseCredentials({})), 'invalid-credentials', 2],
    ['an unknown connection', new MimecastClientError('unknown-connection', 'No.', 'See.'), 'unknown-connection', 2],
    ['a second connect', new MimecastClientError('already-connected', 'No.', 'See.'), 'already-connected', 2],
    ['no worker', new MimecastClientError('no-worker', 'No.', 'See.'), 'no-worker', 3],
    ['no answer in time', new MimecastClientError('outcome-unknown', 'No.', 'See.'), 'outcome-unknown', 3],
    ['a refusal by the connection', new MimecastClientError('refused', 'No.', 'See.'), 'refused', 1],
    ['no ring', new VaultKeyringError('None.', 'Make one.'), 'no-keyring', 3],
    ['a ring that cannot open the keys', new VaultForeignKeyError('acme', '2026-06'), 'foreign-key', 3],
    ['no Postgres', new EvidenceUnreachableError('db:5432', 'refused'), 'postgres-unreachable', 3],
    ['an old schema', new EvidenceSchemaError(['0001']), 'migrations-pending', 3],
    ["another namespace's database", new EvidenceNamespaceError({ name: 'a' }, { name: 'b' }), 'wrong-namespace', 3],
    ['an old workflow', new EvidenceUpgradeError([{ connectionId: 'acme', version: 0 }], 1), 'upgrade-needed', 3],
    [
      'an unknown Temporal namespace',
      Object.assign(new Error('5 NOT_FOUND'), { code: 5, details: 'x' }),
      'temporal-unreachable',
      3,
    ],
    ['Ctrl-C at a prompt', Object.assign(new Error('x'), { name: 'ExitPromptError' }), 'interrupted', 130],
    ['anything else', new TypeError('x is not a function'), 'unexpected', 1],
    ['something thrown that is no error', 'x', 'unexpected', 1],
  ])('%s', (_, error, code, exitCode) => {
    expect(failureOf(error)).toMatchObject({ code, exitCode });
  });
});

test.each([
  {
    what: 'the ring',
    error: new VaultKeyringError('There is no ring.', 'Make one.'),
    message: 'There is no ring.',
    nextStep: 'Make one.',
  },
  {
    what: 'Postgres',
    error: new EvidenceUnreachableError('db:5432', 'the connection was refused'),
    message: 'Postgres at db:5432 cannot be used: the connection was refused.',
    nextStep: 'Check DATABASE_URL and that the server runs.',
  },
  {
    what: 'the schema',
    error: new EvidenceSchemaError(['0002-rotation']),
    message: 'The evidence database is not up to date (0002-rotation).',
    nextStep: 'Run: temporal-mimecast migrate',
  },
  {
    what: 'the namespace',
    error: new EvidenceNamespaceError({ name: 'default' }, { name: 'staging' }),
    message: 'This database holds the evidence of the Temporal namespace "default", and this is "staging".',
    nextStep:
      'Check TEMPORAL_NAMESPACE and DATABASE_URL; after a restore or a move: temporal-mimecast migrate --adopt-namespace',
  },
  {
    what: 'an upgrade',
    error: new EvidenceUpgradeError([{ connectionId: 'acme', version: 0 }], 1),
    message: 'A connection has a workflow of an earlier release (acme), which this release cannot continue.',
    nextStep: 'Stop all workers of the earlier release, then run: temporal-mimecast migrate',
  },
])('the next step about $what is said once, although the error repeats it in its message', (failure) => {
  const { error, message, nextStep } = failure;
  expect(failureOf(error)).toMatchObject({ message, nextStep });
  expect(error.message).toBe(`${message} ${nextStep}`);
});

test('a typing mistake is answered with what was probably meant', () => {
  const mistake = new CommanderError(
    1,
    'commander.unknownCommand',
    "error: unknown command 'pol'\n(Did you mean poll?)",
  );
  expect(failureOf(mistake)).toMatchObject({ message: "Unknown command 'pol'.", nextStep: 'Did you mean poll?' });
});

test.each(PROTOTYPE_NAMES)('an error called %s is unexpected', (name) => {
  expect(failureOf(Object.assign(new Error('It broke.'), { name }))).toEqual({
    code: 'unexpected',
    message: 'Something unexpected happened: It broke.',
    nextStep: 'Run the command again with --debug to see where.',
    exitCode: 1,
  });
});

test('an unexpected error is told in one line and without its stack', () => {
  expect(failureOf(new Error('first\nsecond')).message).toBe('Something unexpected happened: first');
});
