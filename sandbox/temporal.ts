import { open, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { MINUTE_MS } from '../model/time.js';
import { preparePrivateFolder } from './data-folder.js';
import { freePort } from './free-port.js';
import { TetheredProcess } from './tethered-process.js';

const DEFAULT_PORT = 7233;
const DEFAULT_UI_PORT = 8233;
const NAMESPACE = 'default';
const READY_TIMEOUT_MS = MINUTE_MS;
const READY_INTERVAL_MS = 50;
const START_ATTEMPTS = 3;

/** Search attributes of runs; a worker refuses to start on a server without them. */
const SEARCH_ATTRIBUTES = ['MimecastConnection', 'MimecastStream', 'MimecastOutcome', 'MimecastPosture'];

/** With the defaults the dev server waits for the disk at every step: 10 runs a second; with these settings, 28. */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=normal'];

export interface TemporalOptions {
  /** Path of the Temporal CLI, from `findTemporalCli`. */
  readonly executable: string;
  /** Folder for history and log, kept between starts; without it, history is in memory and there is no log. */
  readonly dataDir?: string;
  /** Preferred port, any free one when it is taken; 0 for any. Default 7233. */
  readonly port?: number;
  /** Like `port`, for the web UI. Default 8233. */
  readonly uiPort?: number;
  /** Default true. */
  readonly ui?: boolean;
}

export interface RunningTemporal {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  stop(): Promise<void>;
}

interface Ports {
  readonly grpc: number;
  readonly ui?: number;
}

/**
 * Starts a Temporal dev server on loopback, with its UI and the search attributes of polls. It accepts calls when the
 * promise resolves, and ends with this process, however that ends.
 *
 * @throws {Error} with the beginning and the end of the server's output, when it does not start
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  if (options.dataDir !== undefined) await preparePrivateFolder(options.dataDir);

  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(options);
    const server = new TetheredProcess(resolve(options.executable), serverArguments(options, ports), {
      cwd: options.dataDir,
      log: await openLog(options),
    });
    const address = `127.0.0.1:${ports.grpc}`;
    const failure = await untilReady(server, address);
    if (failure === undefined) return running(server, address, ports);

    // Its ports, and others that it chooses itself, are not reserved. When another process takes one, the server ends in
    // various ways.
    const endedByItself = !server.running;
    await server.stop();
    if (!endedByItself || attempt === START_ATTEMPTS) throw failure;
  }
}

function running(server: TetheredProcess, address: string, ports: Ports): RunningTemporal {
  return {
    address,
    namespace: NAMESPACE,
    ...(ports.ui === undefined ? {} : { uiUrl: `http://127.0.0.1:${ports.ui}` }),
    stop: () => server.stop(),
  };
}

async function choosePorts(options: TemporalOptions): Promise<Ports> {
  const grpc = await freePort(options.port ?? DEFAULT_PORT);
  if (options.ui === false) return { grpc };
  return { grpc, ui: await freePort(options.uiPort ?? DEFAULT_UI_PORT) };
}

function serverArguments(options: TemporalOptions, ports: Ports): string[] {
  const { dataDir } = options;
  const each = (flag: string, values: readonly string[]): string[] => values.flatMap((value) => [flag, value]);

  // Relative to the working directory: the server reads the name as a URI, so a path with %, ? or # would be another file.
  const stored = dataDir === undefined ? [] : ['--db-filename', 'temporal.sqlite'];
  const shown = ports.ui === undefined ? ['--headless'] : ['--ui-port', String(ports.ui)];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.grpc), '--log-level', 'warn'],
    ...shown,
    ...stored,
    ...(dataDir === undefined ? [] : each('--sqlite-pragma', SQLITE_PRAGMAS)),
    ...each(
      '--search-attribute',
      SEARCH_ATTRIBUTES.map((name) => `${name}=Keyword`),
    ),
  ];
}

/** Opens the log; truncated at each start, so that it does not grow forever. */
async function openLog({ dataDir }: TemporalOptions): Promise<FileHandle | undefined> {
  return dataDir === undefined ? undefined : open(join(dataDir, 'temporal.log'), 'w', 0o600);
}

/** Polls until the namespace exists. @returns the error when it does not, undefined otherwise */
async function untilReady(server: TetheredProcess, address: string): Promise<Error | undefined> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const connection = Connection.lazy({ address });
  try {
    while (server.running && Date.now() < deadline) {
      const answers = connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace: NAMESPACE }),
      );
      if (await answers.then(Boolean, () => false)) return undefined;
      await sleep(READY_INTERVAL_MS);
    }
  } finally {
    await connection.close();
  }
  return new Error(
    `The Temporal dev server at ${address} did not start. It said: ${server.outputExcerpt() || 'nothing'}`,
  );
}
