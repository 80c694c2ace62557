import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { postgresFolder, requireShellSafe } from './postgres-places.js';
import { giveTo, postgresUser, type RunAs } from './postgres-user.js';

const run = promisify(execFile);

const DEFAULT_PORT = 54329;
const DATABASE = 'mimecast';
const START_SECONDS = '60';
const STOP_SECONDS = '30';
const LOG_TAIL_LINES = 8;
const START_ATTEMPTS = 3;
/** In the log when another process bound the port after it was found to be free. */
const PORT_TAKEN = 'Address already in use';

export interface PostgresOptions {
  /**
   * Folder of its own for this Postgres: data, log and password. Created when it is missing; survives restarts. As root it may
   * become a link: see `postgresFolder`.
   */
  readonly dataDir: string;
  /** Port to take when it is free; any free one otherwise. 54329 unless given. */
  readonly port?: number;
  /** Receives a line when the data is kept elsewhere than in `dataDir`. */
  readonly log?: (line: string) => void;
}

export interface RunningPostgres {
  /** With user, password and database; the user may create databases. */
  readonly url: string;
  readonly port: number;
  /** Stops it cleanly; connections that are still open are closed. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on loopback, for development and tests, without Docker and without installing anything on the
 * machine. The data folder is initialised when it is empty; after a crash Postgres recovers it by itself.
 *
 * When this process is killed, even by SIGKILL, a small guard process notices and stops Postgres. (Not on Windows, where
 * Postgres then stays until it is stopped by hand.)
 *
 * @throws Error that says what to do when Postgres is not installed, cannot reach its folder, is already running on it, or
 *         does not start; the last lines of its log are in the message
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const runAs = await postgresUser();
  const binaries = await findPostgresBinaries(runAs);
  const folder = await postgresFolder(resolve(options.dataDir), runAs, options.log ?? (() => undefined));
  for (const path of [binaries.initdb, folder]) requireShellSafe(path);
  const server = new Server(folder, binaries, runAs);

  await server.waitUntilUnused();
  await server.initialise();
  const port = await server.start(options.port ?? DEFAULT_PORT);
  const guard = await server.guard();

  const url = `postgres://postgres:${await server.password()}@127.0.0.1:${port}/${DATABASE}`;
  try {
    await createDatabase(url);
  } catch (error) {
    await server.stop(guard);
    throw error;
  }
  return { url, port, stop: () => server.stop(guard) };
}

class Server {
  private readonly folder: string;
  private readonly binaries: PostgresBinaries;
  private readonly runAs: RunAs;
  private readonly cluster: string;
  private readonly log: string;
  private readonly passwordFile: string;

  constructor(folder: string, binaries: PostgresBinaries, runAs: RunAs) {
    this.folder = folder;
    this.binaries = binaries;
    this.runAs = runAs;
    this.cluster = join(folder, 'cluster');
    this.log = join(folder, 'postgres.log');
    this.passwordFile = join(folder, 'password');
  }

  /** The password is kept beside the cluster, so that other commands on this machine can connect. */
  async password(): Promise<string> {
    return (await readFile(this.passwordFile, 'utf8')).trim();
  }

  /** A cluster appears under its name only when it is complete: one that was interrupted is begun again. */
  async initialise(): Promise<void> {
    if (existsSync(join(this.cluster, 'PG_VERSION'))) {
      if (existsSync(this.passwordFile)) return;
      throw new Error(`The password of the Postgres in ${this.folder} is gone. Delete that folder to begin afresh.`);
    }
    const unfinished = `${this.cluster}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await writeFile(this.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await giveTo(this.runAs, this.passwordFile, 0o600);

    await this.runProgram(this.binaries.initdb, [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${this.passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...Object.entries(SETTINGS).map(([name, value]) => `--set=${name}=${value}`),
    ]);
    await rename(unfinished, this.cluster);
  }

  /**
   * Waits while an earlier Postgres is still stopping, and clears the pid file of one that was killed.
   *
   * Postgres clears it by itself unless another process has the pid by now; then it refuses to start.
   */
  async waitUntilUnused(): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const pid = await this.postmasterPid();
      if (pid === undefined) return;
      if (!(await this.isOurs(pid))) {
        await rm(join(this.cluster, 'postmaster.pid'), { force: true });
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `A Postgres (pid ${pid}) is already running in ${this.folder}. Stop it, or use another folder.`,
        );
      }
      await new Promise((later) => setTimeout(later, 100));
    }
  }

  async start(wantedPort: number): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort(wantedPort);
      try {
        await this.pgCtl('start', `--log=${this.log}`, `--options=-p ${port}`, '--wait', `--timeout=${START_SECONDS}`);
        return port;
      } catch (cause) {
        const said = await this.logTail();
        if (attempt < START_ATTEMPTS && said.includes(PORT_TAKEN)) continue;
        throw new Error(`Postgres did not start in ${this.folder}.\n${said}`, { cause });
      }
    }
  }

  /** Holds a pipe to us; when we die the pipe closes, and the guard asks Postgres for a fast shutdown. */
  async guard(): Promise<ChildProcess | undefined> {
    const pid = await this.postmasterPid();
    if (pid === undefined || process.platform === 'win32') return undefined;
    const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(pid)], {
      ...this.runAs,
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.unref();
    if (guard.stdin instanceof Socket) guard.stdin.unref();
    return guard;
  }

  async stop(guard: ChildProcess | undefined): Promise<void> {
    if ((await this.postmasterPid()) !== undefined) {
      await this.pgCtl('stop', '--mode=fast', '--wait', `--timeout=${STOP_SECONDS}`);
    }
    guard?.kill('SIGKILL');
  }

  private async postmasterPid(): Promise<number | undefined> {
    try {
      const [firstLine] = (await readFile(join(this.cluster, 'postmaster.pid'), 'utf8')).split('\n');
      return Number(firstLine);
    } catch {
      return undefined;
    }
  }

  /** Whether the process is a Postgres on our cluster, and not another one that got the same pid later. */
  private async isOurs(pid: number): Promise<boolean> {
    try {
      const commandLine =
        process.platform === 'linux'
          ? await readFile(`/proc/${pid}/cmdline`, 'utf8')
          : (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout;
      return commandLine.includes(this.cluster);
    } catch {
      return false;
    }
  }

  private async pgCtl(command: string, ...args: string[]): Promise<void> {
    await this.runProgram(this.binaries.pgCtl, [command, `--pgdata=${this.cluster}`, '--silent', ...args]);
  }

  /** Output goes to the log: a pipe would be inherited by Postgres and keep us waiting for its end. */
  private async runProgram(program: string, args: readonly string[]): Promise<void> {
    const log = await open(this.log, 'a', 0o600);
    await giveTo(this.runAs, this.log, 0o600);
    try {
      await new Promise<void>((done, failed) => {
        const child = spawn(program, args, {
          ...this.runAs,
          cwd: this.folder,
          env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
          stdio: ['ignore', log.fd, log.fd],
          detached: true,
        });
        child.once('error', failed);
        child.once('exit', (code) => {
          if (code === 0) done();
          else failed(new Error(`${program} ended with ${String(code)}`));
        });
      });
    } finally {
      await log.close();
    }
  }

  private async logTail(): Promise<string> {
    const log = await readFile(this.log, 'utf8').catch(() => '');
    return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A socket in /tmp would clash with other servers on the same port number, and nothing needs it.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Evidence survives a power cut here as it does in production.
  fsync: 'on',
};

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/[^/]+$/, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}
