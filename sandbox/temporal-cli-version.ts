import { execFile } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lt } from 'semver';
import writeFileAtomic from 'write-file-atomic';

/** Oldest CLI release with Server 1.28, the first that completes update-with-start, which `connect` needs. */
const OLDEST_USABLE = '1.4.0';

/** The first run may have to read 150 MB from a cold disk. */
const VERSION_TIMEOUT_MS = 30_000;

/** Cached result of `--version`, valid while the file is unchanged. */
interface Remembered {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly version: string;
}

/** The file is not a usable Temporal CLI; the message continues a sentence that starts with its path. */
export class UnusableTemporalCli extends Error {
  override readonly name = 'UnusableTemporalCli';
}

/**
 * Returns the version of the Temporal CLI at a path by running it. The result is cached in `cacheDir`, because the run takes
 * longer than the rest of a start's checks.
 *
 * @throws {UnusableTemporalCli} when the file does not run, is something else, or is too old
 */
export async function temporalCliVersion(path: string, cacheDir: string): Promise<string> {
  const memory = join(cacheDir, 'temporal-cli.json');
  const { size, mtimeMs } = await stat(path).catch(() => {
    throw new UnusableTemporalCli('does not exist');
  });
  const known = await readMemory(memory);
  const last = known[path];
  if (last?.sizeBytes === size && last.modifiedMs === mtimeMs) return last.version;

  const version = usableVersion(await run(path));
  await writeMemory(memory, { ...known, [path]: { sizeBytes: size, modifiedMs: mtimeMs, version } });
  return version;
}

/**
 * Parses the output of `temporal --version`: `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`.
 *
 * @throws {UnusableTemporalCli}
 */
export function usableVersion(output: string): string {
  const version = /^temporal version (\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new UnusableTemporalCli('is not the Temporal CLI');
  if (lt(version, OLDEST_USABLE)) throw new UnusableTemporalCli(`is version ${version}, older than ${OLDEST_USABLE}`);
  return version;
}

function run(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ['--version'], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new UnusableTemporalCli('does not run', { cause: error }));
    });
  });
}

async function readMemory(file: string): Promise<Record<string, Remembered>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Remembered>;
  } catch {
    return {};
  }
}

/** Best effort: without the cache the next start is only slower. */
async function writeMemory(file: string, known: Record<string, Remembered>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify(known, undefined, 2)}\n`);
  } catch {
    return;
  }
}
