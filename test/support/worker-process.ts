import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { environmentOf, type Engine } from './engine.js';

const WRONG_CLOCK = new URL('wrong-clock.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A worker as in production: its own process, started by the command line. */
export interface WorkerProcess {
  /** Ends it as a crash does, without a `finally`. */
  kill(): Promise<void>;
  /** Stops it, and waits for its end. @returns its exit code */
  terminate(): Promise<number | null>;
}

/**
 * Starts a worker for an engine without one. Resolves when it polls. It ends with the test at the latest.
 *
 * @param options.changes variables that the worker has instead of those of the engine
 * @param options.wallClockOffMs how far its wall clock is ahead, in every thread of the process; its monotonic time is right
 */
export async function startWorkerProcess(
  engine: Engine,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  {
    changes = {},
    wallClockOffMs = 0,
  }: { readonly changes?: Readonly<Record<string, string>>; readonly wallClockOffMs?: number } = {},
): Promise<WorkerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'mimecast-worker-'));
  const keyringFile = join(folder, 'ring.json');
  await writeFile(keyringFile, JSON.stringify(engine.keyring), { mode: 0o600 });

  const clock = wallClockOffMs === 0 ? [] : ['--import', WRONG_CLOCK];
  const child = spawn(process.execPath, [...clock, PROGRAM, 'worker', '--json'], {
    env: {
      PATH: process.env['PATH'],
      MIMECAST_DATA_DIR: folder,
      WALL_CLOCK_OFF_MS: String(wallClockOffMs),
      ...environmentOf(engine, keyringFile),
      ...changes,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const trouble = text(child.stderr);
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    const [exitCode] = await ended;
    return exitCode;
  };
  onTestFinished(async () => {
    await end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(async () => {
      throw new Error(`The worker ended by itself: ${await trouble}`);
    }),
  ]);
  return {
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}
