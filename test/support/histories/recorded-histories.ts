import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';

/** One folder a release, from 0.4.0 on; one JSON file a run, named for what happened in it. */
const FOLDER = fileURLToPath(new URL('../../histories', import.meta.url));

export const { version: VERSION } = createRequire(import.meta.url)('../../../package.json') as {
  readonly version: string;
};

export interface RecordedHistory {
  /** `0.4.0/policies/a poll collects all four lists`. */
  readonly name: string;
  readonly version: string;
  readonly text: string;
  readonly history: History;
  readonly workflowId: string;
  readonly workflowType: string;
}

/** All recorded histories, of every release; none before the first one has been recorded. */
export async function recordedHistories(): Promise<RecordedHistory[]> {
  if (!existsSync(FOLDER)) return [];
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(files.map((file) => readRecorded(join(FOLDER, file))));
}

async function readRecorded(path: string): Promise<RecordedHistory> {
  const name = relative(FOLDER, path)
    .replace(/\.json$/, '')
    .replaceAll('-', ' ');
  return recordedAs(name, await readFile(path, 'utf8'));
}

function recordedAs(name: string, text: string): RecordedHistory {
  const history = historyFromJSON(JSON.parse(text));
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return {
    name,
    version: name.split(/[/\\]/, 1)[0] ?? '',
    text,
    history,
    workflowId: started?.workflowId ?? '',
    workflowType: started?.workflowType?.name ?? '',
  };
}

/** A run of now, as it would be recorded. */
export const asRecorded = (name: string, history: History): RecordedHistory => recordedAs(name, textOf(history));

/**
 * Makes room for the histories of this version. What a release has recorded stays as it is: the code that wrote it is
 * gone, and runs that it began may still be going somewhere.
 */
export async function startRecording({ overwrite }: { readonly overwrite: boolean }): Promise<void> {
  const folder = join(FOLDER, VERSION);
  if (existsSync(folder) && !overwrite) {
    throw new Error(`Version ${VERSION} has its histories. Raise the version, or set OVERWRITE_HISTORIES=1.`);
  }
  await rm(folder, { recursive: true, force: true });
}

/** @param name `policies/a poll collects all four lists` */
export async function record(name: string, history: History): Promise<void> {
  const path = join(FOLDER, VERSION, `${name.replaceAll(' ', '-')}.json`);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, textOf(history));
}

/** One event a line. */
function textOf(history: History): string {
  const { events } = withoutMachine(historyToJSON(history));
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

/** Process id and host: of workers and clients, and as the first part of the name of a worker's own task queue. */
const PROCESS = /\b\d+@[\w.:-]+/g;

/** A history as any machine could have written it: process, host and folders of this one say nothing about the run. */
function withoutMachine(json: string): { readonly events: readonly unknown[] } {
  return JSON.parse(json, (key, value: unknown) => {
    if (key === 'stackTrace') return undefined;
    return typeof value === 'string' ? value.replace(PROCESS, 'worker') : value;
  }) as { events: readonly unknown[] };
}
