import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when it has printed its document. @throws what it said, when it ends before */
  document<Document>(): Promise<Document>;
  /** @returns its exit code; none when a signal ended it */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** The command line of a release. */
export interface Program {
  run(argv: readonly string[], env: Environment): Promise<Ran>;
  /** Runs it. @throws Error when its exit code is not 0 */
  json<Document>(argv: readonly string[], env: Environment): Promise<Document>;
  start(argv: readonly string[], env: Environment): Running;
}

/** The program of this checkout. */
export const currentProgram: Program = program(path.join(ROOT, 'dist/cli/main.js'));

/** The program of release 0.3.0, unpacked into a folder. */
export async function program030(folder: string): Promise<Program> {
  await mkdir(folder, { recursive: true });
  await extract({ cwd: folder, file: path.join(ROOT, 'test/upgrade/temporal-mimecast-0.3.0.tgz') });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'package/node_modules'));
  return program(path.join(folder, 'package/dist/cli/main.js'));
}

function program(file: string): Program {
  const launch = (argv: readonly string[], env: Environment): Running['child'] => {
    // The user's environment is left out, so that only the test decides where things are.
    const { PATH = '', HOME = '', TEMPORAL_CLI } = process.env;
    const base = { PATH, HOME, ...(TEMPORAL_CLI !== undefined && { TEMPORAL_CLI }), TEMPORAL_CONFIG_FILE: '' };
    return spawn(process.execPath, [file, ...argv], { env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const run: Program['run'] = async (argv, env) => {
    const child = launch(argv, env);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const [[exitCode], stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { exitCode, stdout, stderr };
  };
  return {
    run,
    async json<Document>(argv: readonly string[], env: Environment) {
      const { exitCode, stdout, stderr } = await run([...argv, '--json'], env);
      if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}`);
      return JSON.parse(stdout) as Document;
    },
    start: (argv, env) => running(launch([...argv, '--json'], env)),
  };
}

function running(child: Running['child']): Running {
  const ended = once(child, 'close') as Promise<[number | null]>;
  const trouble = text(child.stderr);
  return {
    child,
    document: async <Document>() =>
      (await Promise.race([
        firstDocument(child.stdout),
        ended.then(async () => {
          throw new Error(`It ended by itself: ${await trouble}`);
        }),
      ])) as Document,
    async end(signal) {
      child.kill(signal);
      const [exitCode] = await ended;
      return exitCode;
    },
  };
}

/** Returns the document that a process prints while it keeps running. Its pipe stays open. */
async function firstDocument(stream: Readable): Promise<unknown> {
  let printed = '';
  const whole = await new Promise<string>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      printed += String(chunk);
      if (printed.endsWith('\n}\n')) resolve(printed);
    });
  });
  return JSON.parse(whole);
}
