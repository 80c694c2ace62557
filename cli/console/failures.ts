import { CommanderError } from 'commander';
import type { ClientErrorCode } from '../../client/index.js';
import { defined } from '../../model/json.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** An error as shown to people and scripts. */
export interface Failure {
  /** Stable word for scripts. */
  readonly code: string;
  /** One line: what happened. */
  readonly message: string;
  /** One line: what to do about it. */
  readonly nextStep?: string;
  readonly exitCode: ExitCode;
  /** Problems in files, one per place. */
  readonly faults?: readonly FileProblem[];
}

/** One problem in a file. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  /** `acme.streams.policies.every` */
  readonly field: string;
  /** Completes a sentence that starts with the field. */
  readonly message: string;
}

/** A failure found by the command line itself. */
export class CliError extends Error implements Failure {
  override readonly name = 'CliError';
  readonly code: string;
  readonly nextStep: string;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, nextStep: string, exitCode: ExitCode = EXIT.usage) {
    super(message);
    this.code = code;
    this.nextStep = nextStep;
    this.exitCode = exitCode;
  }
}

interface Rule {
  readonly code: string;
  readonly exitCode: ExitCode;
}

/** Errors of other rooms by name, so that a command loads only the rooms that it uses. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['MimecastBaseUrlError', { code: 'invalid-base-url', exitCode: EXIT.usage }],
  ['MimecastCredentialsError', { code: 'invalid-credentials', exitCode: EXIT.usage }],
  ['VaultKeyringError', { code: 'no-keyring', exitCode: EXIT.unreachable }],
  ['VaultExposedKeyError', { code: 'exposed-key', exitCode: EXIT.unreachable }],
  ['VaultForeignKeyError', { code: 'foreign-key', exitCode: EXIT.unreachable }],
  ['VaultSealError', { code: 'broken-seal', exitCode: EXIT.badAnswer }],
  ['EvidenceUnreachableError', { code: 'postgres-unreachable', exitCode: EXIT.unreachable }],
  ['EvidenceSchemaError', { code: 'migrations-pending', exitCode: EXIT.unreachable }],
  ['EvidenceNamespaceError', { code: 'wrong-namespace', exitCode: EXIT.unreachable }],
  ['EvidenceUpgradeError', { code: 'upgrade-needed', exitCode: EXIT.unreachable }],
  ['UpgradeError', { code: 'upgrade-stopped', exitCode: EXIT.badAnswer }],
  ['EvidenceValueError', { code: 'value-rejected', exitCode: EXIT.badAnswer }],
  ['EvidenceNotFoundError', { code: 'not-found', exitCode: EXIT.usage }],
  ['EvidenceStateError', { code: 'wrong-state', exitCode: EXIT.badAnswer }],
  ['EvidenceBundleError', { code: 'no-bundle', exitCode: EXIT.usage }],
  ['CheckpointError', { code: 'invalid-checkpoint', exitCode: EXIT.badAnswer }],
  ['EvidenceAccountError', { code: 'other-account', exitCode: EXIT.badAnswer }],
  ['DataFolderError', { code: 'foreign-data-folder', exitCode: EXIT.usage }],
  ['DevLockedError', { code: 'dev-is-running', exitCode: EXIT.usage }],
  ['TemporalCliError', { code: 'no-temporal-cli', exitCode: EXIT.unreachable }],
  ['WorkerConfigurationError', { code: 'invalid-configuration', exitCode: EXIT.usage }],
]);

/** Exit codes of all client errors; a new code does not compile without one. */
const CLIENT_EXIT_CODES: Readonly<Record<ClientErrorCode, ExitCode>> = {
  'already-connected': EXIT.usage,
  'backfill-running': EXIT.badAnswer,
  disconnected: EXIT.badAnswer,
  interrupted: EXIT.badAnswer,
  'invalid-connection-id': EXIT.usage,
  'invalid-range': EXIT.usage,
  'invalid-request': EXIT.usage,
  'invalid-stream': EXIT.usage,
  'no-sealing-key': EXIT.unreachable,
  'no-evidence-store': EXIT.unreachable,
  'no-worker': EXIT.unreachable,
  'not-evaluated': EXIT.badAnswer,
  'outcome-unknown': EXIT.unreachable,
  'prune-limit': EXIT.usage,
  refused: EXIT.badAnswer,
  'temporal-unreachable': EXIT.unreachable,
  'unknown-connection': EXIT.usage,
  'unusable-keys': EXIT.usage,
};

/** gRPC status codes (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) of Temporal servers. */
const GRPC_FAILURES: Readonly<Partial<Record<number, string>>> = {
  4: 'Temporal did not answer in time',
  5: 'Temporal does not know what was asked for, most often the namespace',
  7: 'Temporal refused access to the namespace',
  14: 'Temporal cannot be reached',
  16: 'Temporal refused the API key or client certificate',
};

/** Converts an error to a failure with an exit code. The only place that does. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) return usageFailure(error);
  if (!(error instanceof Error)) return unexpected(String(error));
  if (error.name === 'ExitPromptError' || error.name === 'AbortError') return INTERRUPTED;

  const known = knownFailure(error);
  if (known !== undefined) return known;

  const grpc = GRPC_FAILURES[numberIn(error, 'code') ?? -1];
  if (grpc !== undefined && 'details' in error) {
    return {
      code: 'temporal-unreachable',
      message: `${grpc}.`,
      nextStep: 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_API_KEY.',
      exitCode: EXIT.unreachable,
    };
  }
  return unexpected(error.message);
}

const INTERRUPTED: Failure = { code: 'interrupted', message: 'Interrupted.', exitCode: EXIT.interrupted };

function knownFailure(error: Error): Failure | undefined {
  const nextStep = textIn(error, 'nextStep');
  const message = firstLine(nextStep === undefined ? error.message : withoutEnd(error.message, nextStep));
  const shown = defined({ message, nextStep });
  if (error.name === 'MimecastClientError') {
    const code = textIn(error, 'code') ?? 'refused';
    return { code, ...shown, exitCode: isClientErrorCode(code) ? CLIENT_EXIT_CODES[code] : EXIT.badAnswer };
  }
  const rule = RULES.get(error.name);
  return rule && { ...rule, ...shown };
}

function usageFailure(error: CommanderError): Failure {
  const [message = '', hint] = error.message.replace(/^error: /, '').split('\n');
  return {
    code: error.code.replace(/^commander\./, 'usage.'),
    message: sentence(message),
    nextStep: hint?.replace(/^\((.*)\)$/, '$1') ?? 'See temporal-mimecast --help.',
    exitCode: EXIT.usage,
  };
}

function unexpected(message: string): Failure {
  return {
    code: 'unexpected',
    message: `Something unexpected happened: ${firstLine(message)}`,
    nextStep: 'Run the command again with --debug to see where.',
    exitCode: EXIT.badAnswer,
  };
}

const isClientErrorCode = (code: string): code is ClientErrorCode => Object.hasOwn(CLIENT_EXIT_CODES, code);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** Removes the next step from the end of a message; here it is shown on a separate line. */
const withoutEnd = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, -end.length).trim() : text;

const sentence = (text: string): string => {
  const capitalised = text.charAt(0).toUpperCase() + text.slice(1);
  return capitalised.endsWith('.') ? capitalised : `${capitalised}.`;
};

function textIn(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}

function numberIn(error: Error, key: string): number | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'number' ? value : undefined;
}
