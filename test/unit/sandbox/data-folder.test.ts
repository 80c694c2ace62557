import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DataFolderError,
  prepareDataFolder,
  preparePrivateFolder,
  readOwnFile,
  requireClosedFolder,
  requireOwnFolder,
} from '../../../sandbox/data-folder.js';

const isRoot = process.getuid?.() === 0;
/** Root's folder lets the account of Postgres through, and nobody look. */
const CLOSED = isRoot ? 0o711 : 0o700;
const NOBODY = 65_534;

let parent: string;
let folder: string;
let lines: string[];
beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'data-folder-')));
  folder = join(parent, '.data');
  lines = [];
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const prepare = (path = folder): Promise<string> => prepareDataFolder(path, (line) => lines.push(line));

async function folderOf(mode: number): Promise<void> {
  await mkdir(folder);
  await chmod(folder, mode);
}

describe('dev', () => {
  test.each([0o022, 0o002, 0o077])('makes its folder closed to others, under any umask', async (umask) => {
    const before = process.umask(umask);
    try {
      expect(await prepare(join(parent, 'new', '.data'))).toBe(join(parent, 'new', '.data'));
    } finally {
      process.umask(before);
    }
    expect(await modeOf(join(parent, 'new', '.data'))).toBe(CLOSED);
    expect(lines).toEqual([]);
  });

  test('closes a folder that 0.3.0 made, with the files in it, says so once, and leaves the data of Postgres alone', async () => {
    await folderOf(0o755);
    await writeFile(join(folder, 'worker.log'), 'kept', { mode: 0o644 });
    await mkdir(join(folder, 'postgres'), { mode: 0o755 });
    expect(await prepare()).toBe(folder);
    expect(await modeOf(folder)).toBe(CLOSED);
    expect(await modeOf(join(folder, 'worker.log'))).toBe(0o600);
    expect(await modeOf(join(folder, 'postgres'))).toBe(0o755);
    expect(await readFile(join(folder, 'worker.log'), 'utf8')).toBe('kept');
    expect(lines).toEqual([`Other accounts could read ${folder} (mode 0755). Its mode is now 0${CLOSED.toString(8)}.`]);
    await prepare();
    expect(lines).toHaveLength(1);
  });

  test('leaves a folder that is closed tighter than it would make it', async () => {
    await folderOf(0o700);
    await prepare();
    expect(await modeOf(folder)).toBe(0o700);
    expect(lines).toEqual([]);
  });

  test('closes the folder of a server that others could read, and its files', async () => {
    await preparePrivateFolder(folder);
    expect(await modeOf(folder)).toBe(0o700);
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'temporal.sqlite'), '', { mode: 0o644 });
    await preparePrivateFolder(folder);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, 'temporal.sqlite'))).toBe(0o600);
  });
});

describe('a folder that is not safe is refused by dev and by the other commands', () => {
  const refused = async (path: string, message: string): Promise<void> => {
    for (const use of [prepare, requireOwnFolder]) {
      await expect(use(path)).rejects.toThrow(DataFolderError);
      await expect(use(path)).rejects.toThrow(message);
    }
  };

  test.each([
    [0o777, '0777'],
    [0o770, '0770'],
    [0o775, '0775'],
    [0o722, '0722'],
  ])('when others can write to it: mode %o', async (mode, shown) => {
    await folderOf(mode);
    const command = `chmod ${(mode & CLOSED).toString(8).padStart(4, '0')} ${folder}`;
    await refused(
      folder,
      `Other accounts can write to the data folder ${folder} (mode ${shown}). Check what is in it, then run: ${command}`,
    );
    expect(await modeOf(folder)).toBe(mode);
    execFileSync('sh', ['-c', command]);
    expect(await requireOwnFolder(folder)).toBe(folder);
  });

  test('with a command that can be pasted, whatever the name of the folder is', async () => {
    folder = join(parent, `$(touch run) 'x`);
    await folderOf(0o777);
    const error = await requireOwnFolder(folder).catch((thrown: unknown) => thrown as DataFolderError);
    const [, command = ''] = /run: (.*)$/.exec((error as DataFolderError).nextStep) ?? [];
    execFileSync('sh', ['-c', command], { cwd: parent });
    expect(await requireOwnFolder(folder)).toBe(folder);
    await expect(stat(join(parent, 'run'))).rejects.toThrow('ENOENT');
  });

  test('when it is a file', async () => {
    await writeFile(folder, '');
    await expect(requireOwnFolder(folder)).rejects.toThrow(`${folder} is not a folder.`);
  });

  test.runIf(isRoot)('when it belongs to another account', async () => {
    await folderOf(0o700);
    await chown(folder, NOBODY, NOBODY);
    await refused(folder, `The data folder ${folder} belongs to another account (uid ${NOBODY}).`);
    await refused(folder, 'Use a folder of your own: export MIMECAST_DATA_DIR=');
  });

  test.runIf(isRoot)('when it is a link to a folder of another account', async () => {
    const theirs = join(parent, 'theirs');
    await mkdir(theirs, { mode: 0o700 });
    await chown(theirs, NOBODY, NOBODY);
    await symlink(theirs, folder);
    await refused(folder, `The data folder ${folder} belongs to another account (uid ${NOBODY}).`);
  });

  test.runIf(isRoot)('when it is a link that another account made', async () => {
    const ours = join(parent, 'ours');
    await mkdir(ours, { mode: 0o700 });
    await symlink(ours, folder);
    await lchown(folder, NOBODY, NOBODY);
    await refused(folder, `The data folder ${folder} belongs to another account (uid ${NOBODY}).`);
  });

  test.runIf(!isRoot)('when it belongs to root', async () => {
    await expect(requireOwnFolder('/')).rejects.toThrow('The data folder / belongs to another account (uid 0).');
  });
});

test.each([0o755, 0o750, 0o740, 0o704])('addresses are not read from a folder with mode %o', async (mode) => {
  await folderOf(mode);
  const shown = mode.toString(8);
  const command = `chmod ${(mode & CLOSED).toString(8).padStart(4, '0')} ${folder}`;
  await expect(requireClosedFolder(folder)).rejects.toThrow(
    `Other accounts can read the data folder ${folder} (mode 0${shown}). Run: ${command}`,
  );
  execFileSync('sh', ['-c', command]);
  expect(await requireClosedFolder(folder)).toBe(folder);
});

test('a link of this account to its folder is followed', async () => {
  await folderOf(CLOSED);
  await symlink(folder, join(parent, 'link'));
  expect(await requireClosedFolder(join(parent, 'link'))).toBe(folder);
});

describe('a file of the folder', () => {
  let file: string;
  beforeEach(() => {
    file = join(parent, 'dev.json');
  });

  test('is read when it is ours, and none is no file', async () => {
    expect(await readOwnFile(file)).toBeUndefined();
    await writeFile(file, 'text', { mode: 0o600 });
    expect(await readOwnFile(file)).toBe('text');
  });

  test.each<[string, () => Promise<unknown> | undefined]>([
    ['that others can write to', () => writeFile(file, 'x').then(() => chmod(file, 0o662))],
    ['that is a link', () => writeFile(`${file}.real`, 'x').then(() => symlink(`${file}.real`, file))],
    ['that is a link to itself', () => symlink(file, file)],
    ['that is a folder', () => mkdir(file)],
    ['that is a pipe without a writer', () => void execFileSync('sh', ['-c', 'mkfifo "$0"', file])],
    ['that is too large', () => writeFile(file, 'x'.repeat(70_000))],
    ...(isRoot
      ? [['of another account', () => writeFile(file, 'x').then(() => chown(file, NOBODY, NOBODY))] as const].map(
          ([name, make]): [string, () => Promise<unknown>] => [name, make],
        )
      : []),
  ])('%s is refused', async (_, make) => {
    await make();
    await expect(readOwnFile(file)).rejects.toThrow(
      `${file} is not a file that dev wrote for this account. Remove it: rm -r ${file}`,
    );
  });
});
