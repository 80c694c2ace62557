import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOpenByLsof, isOpenIn } from '../../../sandbox/open-files.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open files-'));
  file = join(folder, 'dev.lock');
  await writeFile(file, 'the same text');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;
const hasLsof = spawnSync('lsof', ['-v']).error === undefined;
const ways = [['as this system tells it', isOpenIn] as const, ...(hasLsof ? [['by lsof', isOpenByLsof] as const] : [])];

describe.each(ways)('whether a process has a file open, %s', (_, isOpen) => {
  test('is true while it has, also under another name, and false after that', async () => {
    expect(await isOpen(process.pid, file)).toBe(false);
    await link(file, join(folder, 'written'));
    const handle = await open(join(folder, 'written'));
    await rm(join(folder, 'written'));
    expect(await isOpen(process.pid, file)).toBe(true);
    await handle.close();
    expect(await isOpen(process.pid, file)).toBe(false);
  });

  test('is false of a copy, of a file that is not there, and of a process that is gone or another', async () => {
    const handle = await open(file);
    const copy = join(folder, 'copy');
    await copyFile(file, copy);
    expect(await isOpen(process.pid, copy)).toBe(false);
    expect(await isOpen(process.pid, join(folder, 'nothing'))).toBe(false);
    expect(await isOpen(2 ** 22 + 1, file)).toBe(false);
    expect(await isOpen(process.ppid, file)).toBe(false);
    await handle.close();
  });

  test.runIf(isRoot)('is false of a process of another account', async () => {
    execFileSync('chmod', ['-R', 'a+rX', folder]);
    const reads = spawn('sh', ['-c', 'exec 3<"$0"; echo opened; exec sleep 1000', file], { uid: 65534, gid: 65534 });
    try {
      await once(reads.stdout, 'data');
      expect(await isOpen(reads.pid ?? 0, file)).toBe(false);
    } finally {
      reads.kill('SIGKILL');
    }
  });
});
