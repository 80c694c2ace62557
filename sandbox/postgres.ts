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
/** Text in the log when another process bound the port after it was found free. */
const PORT_TAKEN = 'Address already in use';

export interface PostgresOptions {
  /**
   * Folder of this Postgres: data, log and password. Created when it is missing; kept between starts. For root it can become
   * a link: see `postgresFolder`.
   */
  readonly dataDir: string;
  /** Preferred port; a free one when it is taken. Default 54329. */
  readonly port?: number;
  /** Receives a line when the data is not in `dataDir` itself. */
  readonly log?: (line: string) => void;
}

export interface RunningPostgres {
  /** URL with user, password and database; the user may create databases. */
  readonly url: string;
  readonly port: number;
  /** Stops the server and closes open connections. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on loopback, for development and tests, without Docker or an installation. An empty data folder
 * is initialised; after a crash Postgres recovers by itself.
 *
 * When this process is killed, even by SIGKILL, a small guard process stops Postgres. (Not on Windows: there, Postgres runs
 * until it is stopped manually.)
 *
 * @throws {Error} with the next step when Postgres is not installed, cannot reach its folder, is already running on it, or
 *   does not start; the message contains the last lines of its log
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

  /** Reads the password, which is stored beside the cluster so that other commands on this machine can connect. */
  async password(): Promise<string> {
    return (await readFile(this.passwordFile, 'utf8')).trim();
  }

  /**
   * Initialises the cluster when it is missing. It gets its final name only when complete; an interrupted initialisation
   * starts again.
   */
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
   * Waits while an earlier Postgres is stopping, and removes the pid file of one that was killed.
   *
   * Postgres removes it itself, unless another process has the same pid: then it refuses to start.
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
        const lastLines = await this.logTail();
        if (attempt < START_ATTEMPTS && lastLines.includes(PORT_TAKEN)) continue;
        throw new Error(`Postgres did not start in ${this.folder}.\n${lastLines}`, { cause });
      }
    }
  }

  /**
   * Starts a guard with a pipe from this process. When this process ends, the pipe closes, and the guard requests a fast
   * shutdown of Postgres.
   */
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

  /** True when the process is a Postgres on this cluster, not another one that received the same pid later. */
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

  /** Runs a program with its output in the log. A pipe would be inherited by Postgres and never close. */
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
  // A socket in /tmp would conflict with other servers on the same port, and nothing needs it.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Evidence survives a power failure, as in production.
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
