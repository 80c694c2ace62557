import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import { CliError, type FileProblem } from '../console/failures.js';
import type { Terminal } from '../console/terminal.js';

/** One YAML document of a file; a file can contain several, separated by `---`. */
export interface FileDocument {
  /** Name on the command line. */
  readonly file: string;
  /** Folder that relative paths in the document refer to. */
  readonly folder: string;
  readonly content: unknown;
  /** Returns the line of a field, or of its nearest existing parent. */
  lineOf(path: readonly string[]): number;
}

export interface ReadFiles {
  readonly documents: readonly FileDocument[];
  readonly problems: readonly FileProblem[];
}

/** Reads YAML files, and standard input for `-`. @throws {CliError} when one cannot be read */
export async function readYamlFiles(files: readonly string[], terminal: Pick<Terminal, 'stdin'>): Promise<ReadFiles> {
  const read = await Promise.all(files.map(async (file) => parseYaml(await textOf(file, terminal), file)));
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

async function textOf(file: string, { stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  try {
    return await (file === '-' ? text(stdin) : readFile(file, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('no-file', `${file} cannot be read (${code}).`, 'Check the path.');
  }
}

/** Parses the documents of a file. Invalid documents are omitted, with a problem. */
function parseYaml(source: string, name: string): ReadFiles {
  const file = name === '-' ? 'standard input' : name;
  const folder = name === '-' ? process.cwd() : path.dirname(path.resolve(name));
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  if (!Array.isArray(parsed) || parsed.every(({ contents }) => contents === null)) {
    return { documents: [], problems: [{ file, line: 1, field: 'the document', message: 'is empty' }] };
  }
  const read = parsed
    .filter(({ contents }) => contents !== null)
    .map((document) => {
      const problems = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error, file, lines));
      const content = problems.length === 0 ? contentOf(document) : undefined;
      if (content === undefined && problems.length === 0) problems.push(aliasProblem(document, file, lines));
      const lineOf = (at: readonly string[]): number => lineIn(document, at, lines);
      return { problems, documents: content === undefined ? [] : [{ file, folder, content, lineOf }] };
    });
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** Describes a syntax error without the parser's message, which quotes the text: it may contain secrets. */
function syntaxProblem({ code, pos }: YAMLError, file: string, lines: LineCounter): FileProblem {
  const { line } = lines.linePos(pos[0]);
  const message =
    code === 'DUPLICATE_KEY'
      ? 'has the same name twice here'
      : `is not YAML: ${code.toLowerCase().replaceAll('_', ' ')}`;
  return { file, line, field: 'the document', message };
}

/** @returns undefined when an alias has no anchor, or aliases expand excessively */
function contentOf(document: Document.Parsed): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return undefined;
  }
}

function aliasProblem(document: Document.Parsed, file: string, lines: LineCounter): FileProblem {
  const line = lineIn(document, [], lines);
  return { file, line, field: 'the document', message: 'has an alias without an anchor, or too many aliases' };
}

function lineIn(document: Document.Parsed, at: readonly string[], lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const segment of at) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(segment)];
      offset = startOf(node) ?? offset;
      continue;
    }
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === segment) : undefined;
    if (!pair) break;
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
