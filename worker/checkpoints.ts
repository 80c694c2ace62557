import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointDelivery, SignedCheckpoint } from '../activities/dependencies.js';
import { readCheckpointSigningKey } from '../vault/checkpoint-key.js';
import { WorkerConfigurationError, type CheckpointOptions } from './options.js';

/** A command that takes longer hangs: a checkpoint is less than a kilobyte. */
const COMMAND_LIMIT_MS = 30_000;

/**
 * Reads the key and checks the folder, so that a wrong configuration is reported when the worker starts and not a day
 * later.
 *
 * @throws VaultKeyringError, WorkerConfigurationError
 */
export async function openCheckpoints({ keyFile, directory, command }: CheckpointOptions): Promise<CheckpointDelivery> {
  const key = await readCheckpointSigningKey(keyFile);
  if (directory !== undefined) await requireFolder(directory);
  return {
    key,
    async deliver(checkpoint) {
      if (directory !== undefined) await writeTo(directory, checkpoint);
      if (command !== undefined) await handTo(command, checkpoint);
    },
  };
}

async function requireFolder(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new WorkerConfigurationError(
      `Checkpoints cannot be written to ${directory} (${codeOf(error)}).`,
      'Set MIMECAST_CHECKPOINT_DIR to a folder that this user may write to.',
    );
  }
}

/** Writes a file atomically. A newer checkpoint of the same day replaces it. */
async function writeTo(directory: string, { connectionId, day, jws }: SignedCheckpoint): Promise<void> {
  const file = path.join(directory, `${connectionId}-${day}.jws`);
  const written = path.join(directory, `.${randomUUID()}.tmp`);
  try {
    const handle = await open(written, 'wx', 0o600);
    try {
      await handle.writeFile(`${jws}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(written, file);
  } catch (error) {
    throw new Error(`${file} could not be written (${codeOf(error)}).`, { cause: error });
  } finally {
    await unlink(written).catch(() => undefined);
  }
}

/**
 * Runs the command. Its output goes to the worker's stderr. Nothing of the checkpoint becomes part of the command
 * line.
 */
async function handTo(command: string, { connectionId, day, jws }: SignedCheckpoint): Promise<void> {
  const env = { ...process.env, MIMECAST_CONNECTION: connectionId, MIMECAST_CHECKPOINT_DAY: day };
  // A process group of its own, so that what the shell has started is ended with it.
  const child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'ignore', 'inherit'], env });
  const limit = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, COMMAND_LIMIT_MS);
  // A command that does not read closes its end of the pipe; only its exit code counts.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${jws}\n`);
  try {
    const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (exitCode === 0) return;
    throw new Error(`The checkpoint command ended with ${signal ?? `exit code ${exitCode ?? 'unknown'}`}.`);
  } catch (error) {
    if (codeOf(error) === 'unknown') throw error;
    throw new Error(`The checkpoint command could not be started (${codeOf(error)}).`, { cause: error });
  } finally {
    clearTimeout(limit);
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
