import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeNewCheckpointKey } from '../../../vault/checkpoint-key.js';
import { openCheckpoints } from '../../../worker/checkpoints.js';
import { checkpointOptions, WorkerConfigurationError, type CheckpointVariables } from '../../../worker/options.js';

const CHECKPOINT = { connectionId: 'acme', day: '2026-11-24', jws: 'header.payload.signature' };

let folder: string;
let keyFile: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-checkpoints-'));
  keyFile = path.join(folder, 'key.pem');
  await writeNewCheckpointKey(keyFile);
});
afterEach(() => rm(folder, { recursive: true }));

test.each<[string, CheckpointVariables, string]>([
  ['a folder without a key', { directory: '/x' }, 'MIMECAST_CHECKPOINT_KEY_FILE is not set'],
  ['a command without a key', { command: 'cat' }, 'MIMECAST_CHECKPOINT_KEY_FILE is not set'],
  ['a key alone', { keyFile: 'key.pem' }, 'nowhere to go'],
])('%s cannot be right', (_, variables, message) => {
  expect(() => checkpointOptions(variables)).toThrow(WorkerConfigurationError);
  expect(() => checkpointOptions(variables)).toThrow(message);
});

test('nothing said is no checkpoints', () => {
  expect(checkpointOptions({})).toBeUndefined();
});

describe('a folder', () => {
  test('gets one file for a connection and day, the newest, and nothing else', async () => {
    const delivery = await openCheckpoints({ keyFile, directory: folder });
    await delivery.deliver({ ...CHECKPOINT, jws: 'older' });
    await delivery.deliver(CHECKPOINT);
    expect((await readdir(folder)).sort()).toEqual(['acme-2026-11-24.jws', 'key.pem', 'key.public.pem']);
    const file = path.join(folder, 'acme-2026-11-24.jws');
    expect(await readFile(file, 'utf8')).toBe(`${CHECKPOINT.jws}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('that is not there is told when it is opened, and one that goes away when it is written to', async () => {
    const gone = path.join(folder, 'gone');
    await expect(openCheckpoints({ keyFile, directory: gone })).rejects.toThrow(
      `cannot be written to ${gone} (ENOENT)`,
    );
    await mkdir(gone);
    const delivery = await openCheckpoints({ keyFile, directory: gone });
    await rm(gone, { recursive: true });
    await expect(delivery.deliver(CHECKPOINT)).rejects.toThrow('could not be written (ENOENT)');
  });
});

describe('a command', () => {
  test('reads the checkpoint, and finds in its environment whose it is', async () => {
    const out = path.join(folder, 'out');
    const command = `cat > "${out}" && echo "$MIMECAST_CONNECTION $MIMECAST_CHECKPOINT_DAY" >> "${out}"`;
    const delivery = await openCheckpoints({ keyFile, command });
    await delivery.deliver(CHECKPOINT);
    expect(await readFile(out, 'utf8')).toBe(`${CHECKPOINT.jws}\nacme 2026-11-24\n`);
  });

  test('that fails, or reads nothing, is judged by how it ends', async () => {
    const failing = await openCheckpoints({ keyFile, command: 'exit 3' });
    await expect(failing.deliver(CHECKPOINT)).rejects.toThrow('The checkpoint command ended with exit code 3.');
    const deaf = await openCheckpoints({ keyFile, command: 'exec 0<&-; exit 0' });
    await deaf.deliver({ ...CHECKPOINT, jws: 'x'.repeat(1_000_000) });
    const killed = await openCheckpoints({ keyFile, command: 'kill -9 $$' });
    await expect(killed.deliver(CHECKPOINT)).rejects.toThrow('ended with SIGKILL');
  });
});

test('a key that cannot be used is told when it is opened', async () => {
  await rm(keyFile);
  await expect(openCheckpoints({ keyFile, directory: folder })).rejects.toThrow('could not be read (ENOENT)');
});
