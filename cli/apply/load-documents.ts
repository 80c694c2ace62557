import pMap from 'p-map';
import { quote } from 'shell-quote';
import { checkDocuments } from '../../client/apply/check.js';
import type { ApplyDocument } from '../../client/apply/documents.js';
import type { Problem } from '../../client/apply/problems.js';
import type { ApiVersion } from '../../mimecast/credentials.js';
import { apiVersionAt } from '../../mimecast/regions.js';
import type { Context } from '../command.js';
import type { FileProblem } from '../console/failures.js';
import { FileProblemsError, inFile } from './file-problems.js';
import { parseKeysFrom, resolveKeys, type KeysFrom } from './keys-from.js';
import { readYamlFiles, type FileDocument } from './yaml-files.js';

/** Programs that print keys may compete for a lock of their own: few at a time. */
const KEY_COMMANDS = { concurrency: 4 };

/** Documents in the client's form, and their files. */
export interface LoadedDocuments {
  readonly files: readonly FileDocument[];
  readonly documents: readonly ApplyDocument[];
  /** In a dry run: by connection id, the command that was not run, as a sentence. */
  readonly unfetchedKeys: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  /** Fetches keys for these connections only; undefined for all. */
  readonly only?: readonly string[] | undefined;
  /** Runs no commands that print keys. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Reads files, checks all of them completely, and fetches the keys that they name.
 *
 * @throws {FileProblemsError} with all problems. Programs run only when there are no other problems, because they may
 *   prompt the user.
 */
export async function loadDocuments(
  context: Pick<Context, 'terminal' | 'output' | 'settings' | 'signal'>,
  paths: readonly string[],
  { only, dryRun = false }: LoadOptions = {},
): Promise<LoadedDocuments> {
  const { documents: files, problems: syntax } = await readYamlFiles(paths, context.terminal);
  const rules = {
    allowLoopback: context.settings.allowLoopback,
    now: context.terminal.now(),
    keyField: 'keysFrom',
  } as const;
  const contents = files.map(({ content }) => content);
  const { problems } = checkDocuments(contents, rules);
  const sources = files.flatMap((file, index) => sourcesIn(file, index));
  const needed = sources.filter(({ id }) => only === undefined || only.includes(id));

  const found = await fetchAll(
    context,
    needed.filter((source) => !isCommand(source)),
  );
  const all = [
    ...syntax,
    ...problems.map((problem) => inFile(problem, files)),
    ...sources.flatMap(problemsOf),
    ...found.problems,
  ];
  if (all.length > 0) throw new FileProblemsError(all, paths);
  const commands = needed.filter(isCommand);
  const printed = await fetchAll(context, dryRun ? [] : commands);
  if (printed.problems.length > 0) throw new FileProblemsError(printed.problems, paths);

  const credentials = new Map([...found.credentials, ...printed.credentials]);
  return {
    files,
    documents: contents.map((content) => withKeys(content as ApplyDocument, credentials)),
    unfetchedKeys: new Map(dryRun ? commands.map((source) => [source.id, notRun(source)]) : []),
  };
}

/** One `keysFrom` of a file. */
interface Source {
  readonly file: FileDocument;
  readonly index: number;
  readonly id: string;
  readonly source?: KeysFrom;
  /** API version, when the base URL determines it. */
  readonly apiVersion?: ApiVersion | undefined;
  readonly problems: readonly Problem[];
}

const isCommand = ({ source }: Source): boolean => source !== undefined && 'command' in source;

function notRun({ source, file }: Source): string {
  const command = source !== undefined && 'command' in source ? quote(source.command) : '';
  return `Its keys were not read, because a dry run runs no commands. apply would run in ${file.folder}: ${command}`;
}

function sourcesIn(file: FileDocument, index: number): Source[] {
  const { connections, defaults } = (file.content ?? {}) as {
    readonly connections?: unknown;
    readonly defaults?: unknown;
  };
  return Object.entries(connections ?? {}).flatMap(([id, connection]) => {
    const { keysFrom } = (connection ?? {}) as { readonly keysFrom?: unknown };
    const apiVersion = apiVersionFor(connection, defaults);
    return keysFrom === undefined ? [] : [{ file, index, id, apiVersion, ...parseKeysFrom(keysFrom) }];
  });
}

function apiVersionFor(connection: unknown, defaults: unknown): ApiVersion | undefined {
  const [own, shared] = [connection, defaults].map(
    (fields) => ((fields ?? {}) as { readonly baseUrl?: unknown }).baseUrl,
  );
  const baseUrl = own ?? shared;
  return typeof baseUrl === 'string' ? apiVersionAt(baseUrl) : undefined;
}

const problemsOf = ({ file, id, problems }: Source): FileProblem[] =>
  problems.map((problem) => keyProblem(file, id, problem));

function keyProblem(file: FileDocument, id: string, { path, message }: Problem): FileProblem {
  return inFile({ document: 0, path: ['connections', id, 'keysFrom', ...path], message }, [file]);
}

interface Fetched {
  readonly credentials: readonly (readonly [string, unknown])[];
  readonly problems: readonly FileProblem[];
}

async function fetchAll(
  { terminal, output, signal }: Pick<Context, 'terminal' | 'output' | 'signal'>,
  sources: readonly Source[],
): Promise<Fetched> {
  const warn = (line: string): void => {
    output.warn(line);
  };
  const fetched = await pMap(
    sources,
    async ({ file, id, source, apiVersion }) => {
      const surroundings = { terminal, warn, signal, folder: file.folder, apiVersion };
      const { credentials, problems } = source ? await resolveKeys(source, surroundings) : NOTHING;
      return { id, credentials, problems: problems.map((problem) => keyProblem(file, id, problem)) };
    },
    KEY_COMMANDS,
  );
  return {
    credentials: fetched.flatMap(({ id, credentials }) => (credentials ? [[id, credentials] as const] : [])),
    problems: fetched.flatMap(({ problems }) => problems),
  };
}

const NOTHING = { credentials: undefined, problems: [] } as const;

/** Replaces `keysFrom` by the keys. */
function withKeys(document: ApplyDocument, credentials: ReadonlyMap<string, unknown>): ApplyDocument {
  const connections = Object.entries(document.connections).map(([id, connection]) => {
    const fields = Object.entries(connection).filter(([name]) => name !== 'keysFrom');
    return [
      id,
      { ...Object.fromEntries(fields), ...(credentials.has(id) && { credentials: credentials.get(id) }) },
    ] as const;
  });
  return { ...document, connections: Object.fromEntries(connections) };
}
