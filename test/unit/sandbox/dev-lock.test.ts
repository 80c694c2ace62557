import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDataDir, readDevLock, type DataDirLock } from '../../../sandbox/dev-lock.js';

const RUN = '3d3c42e5-aac5-4a80-8825-da76410c1812';
const GONE = 2 ** 22 + 1;

let folder: string;
let lock: string;
const held: DataDirLock[] = [];
const running: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-lock-'));
  lock = join(folder, 'dev.lock');
});
afterEach(async () => {
  for (const taken of held.splice(0)) await taken.release();
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function take(dataDir = folder): Promise<DataDirLock> {
  const taken = await lockDataDir(dataDir);
  held.push(taken);
  return taken;
}

const plant = (content: unknown): Promise<void> => writeFile(lock, JSON.stringify(content), { mode: 0o600 });

/** A process of this account that has nothing to do with the folder. */
function unrelated(): number {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  running.push(child);
  return child.pid ?? 0;
}

test('a second holder of a data folder is refused, until the first gives it back', async () => {
  const first = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toThrow(`Another dev (process ${process.pid}) runs on ${folder}.`);
  expect(await readDevLock(folder)).toEqual({ pid: process.pid, run: first.run });
  expect((await stat(lock)).mode & 0o777).toBe(0o600);
  await first.release();
  expect(await readDevLock(folder)).toBeUndefined();
  await take();
  expect(await readdir(folder)).toEqual(['dev.lock']);
});

test('of many that want a stale lock at once, one gets it', async () => {
  await plant({ pid: GONE, run: RUN });
  const attempts = await Promise.allSettled([take(), take(), take()]);
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('a lock that no dev holds', () => {
  test.each<[string, () => unknown]>([
    ['whose process is gone', () => ({ pid: GONE, run: RUN })],
    ['with the number of an unrelated process', () => ({ pid: unrelated(), run: RUN })],
    ['with the number of this process', () => ({ pid: process.pid, run: RUN })],
    ['with the number of the first process', () => ({ pid: 1, run: RUN })],
    ['of 0.3.0, whose process is gone', () => ({ pid: GONE, began: 'another boot 123' })],
    ['of 0.3.0, with the number of this process', () => ({ pid: process.pid, began: 'another boot 123' })],
  ])('%s is no lock, and dev clears it away', async (_, content) => {
    await plant(content());
    expect(await readDevLock(folder)).toBeUndefined();
    const { run } = await take();
    expect(await readDevLock(folder)).toEqual({ pid: process.pid, run });
  });

  test('and that was copied from a folder where dev runs, is no lock', async () => {
    const other = await mkdtemp(join(folder, 'other-'));
    await take(other);
    await copyFile(join(other, 'dev.lock'), lock);
    expect(await readDevLock(folder)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['process 0', { pid: 0, run: RUN }],
    ['a negative number', { pid: -1, run: RUN }],
    ['half a process', { pid: 0.5, run: RUN }],
    ['a number that no system gives', { pid: 2 ** 40, run: RUN }],
    ['text in place of the number', { pid: 'self', run: RUN }],
    ['a run that dev does not write', { pid: 1, run: '../../dev' }],
    ['no object', [1]],
  ])('that says %s is reported with the command that removes it, and dev clears it away', async (_, content) => {
    await plant(content);
    await expect(readDevLock(folder)).rejects.toThrow(`${lock} is not a lock that dev wrote. Remove it: rm ${lock}`);
    await take();
  });
});

test('a dev of 0.3.0 that still runs keeps its folder, but is sent nothing', async () => {
  const pid = unrelated();
  await plant({ pid, began: 'this boot 123' });
  await expect(lockDataDir(folder)).rejects.toThrow(`Another dev (process ${pid}) runs on ${folder}.`);
  await expect(lockDataDir(folder)).rejects.toThrow(`If that process is another program: rm ${lock}`);
  expect(await readDevLock(folder)).toBeUndefined();
});

test('a dev that is killed gives its folder back at once', async () => {
  const script = `
    const { lockDataDir } = await import(process.argv[1]);
    await lockDataDir(process.argv[2]);
    console.log('taken');
    setInterval(() => undefined, 1000);`;
  const module = new URL('../../../dist/sandbox/dev-lock.js', import.meta.url).href;
  const dev = spawn(process.execPath, ['--input-type=module', '-e', script, module, folder], { stdio: 'pipe' });
  running.push(dev);
  await once(dev.stdout, 'data');
  expect(await readDevLock(folder)).toMatchObject({ pid: dev.pid });
  await expect(lockDataDir(folder)).rejects.toThrow(`Another dev (process ${dev.pid ?? 0}) runs on ${folder}.`);
  dev.kill('SIGKILL');
  await once(dev, 'exit');
  expect(await readDevLock(folder)).toBeUndefined();
  await take();
});
