import pg from 'pg';
import { EvidenceSchemaError, EvidenceUnreachableError, EvidenceValueError } from './errors.js';

/** Every statement is short: a page, a row, a batch of an export. A longer one is stuck. */
const STATEMENT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 5;

/** Deadlock and serialization failure: the server has rolled back, and its manual asks for a retry. */
const RETRYABLE = new Set(['40P01', '40001']);
/** Classes of errors about a value: cardinality, data, integrity, program limits (PostgreSQL, appendix A). */
const ABOUT_A_VALUE = /^(21|22|23|54)/;
const UNDEFINED_OBJECT = new Set(['42P01', '42703', '3F000']);
const CONNECTION_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
]);

/** Codes of Node and OpenSSL for a certificate that is not trusted, or of another name, and for a failed handshake. */
const TLS_FAILURE =
  /^(ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH)/;

interface DatabaseOptions {
  readonly databaseUrl: string;
  /** Limit of connections in the pool. */
  readonly maxConnections: number;
  /** Called for connections that break while idle; without a listener they would end the process. */
  readonly onError: (error: Error) => void;
  /** Makes the server reject every change. */
  readonly readOnly?: boolean;
  /** Limit of a statement, and of connecting. */
  readonly limitMs?: number;
}

/** A pooled connection, or the one of a transaction. */
export interface Queryable {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** A named statement is parsed and planned once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * The pool: statements and transactions. Errors of the driver are translated, and deadlocks and serialization
 * failures retried.
 */
export interface Database extends Queryable {
  transaction<Result>(work: (client: Queryable) => Promise<Result>): Promise<Result>;
  /**
   * Yields the items of `read`, all from one snapshot of the database, while others continue to write. The reader may
   * be slow; the connection is returned to the pool when it has read everything or stops.
   */
  snapshot<Item>(read: (client: Queryable) => AsyncIterable<Item>): AsyncGenerator<Item>;
  close(): Promise<void>;
}

export function openDatabase(options: DatabaseOptions): Database {
  const where = hostAndPort(options.databaseUrl);
  const { readOnly = false, limitMs = STATEMENT_TIMEOUT_MS } = options;
  const config = connectionConfig(options.databaseUrl);
  const pool = new pg.Pool({
    ...config,
    ...(readOnly && { options: `${config.options} -c default_transaction_read_only=on` }),
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, limitMs),
    max: options.maxConnections,
    statement_timeout: limitMs,
    // The server's limit is reached first; this one is for a network that no longer answers.
    query_timeout: limitMs + 5_000,
    idle_in_transaction_session_timeout: limitMs,
  });
  pool.on('error', options.onError);

  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !RETRYABLE.has(codeOf(error))) throw inWords(error, where);
        await pause(attempt);
      }
    }
  };

  return {
    query: (statement) => guarded(() => run(pool, statement)),
    transaction: (work) => guarded(() => inTransaction(pool, work)),
    snapshot: (read) => fromSnapshot(pool, read, where),
    close: () => pool.end(),
  };
}

/** Of the driver's configuration, what every connection has. Written out, so that no declaration names the driver's types. */
interface ConnectionConfig {
  readonly connectionString: string;
  readonly application_name: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly options: string;
}

/** Returns the configuration of a connection: its name, and its settings for the server. Also used by the migrations. */
export function connectionConfig(databaseUrl: string): ConnectionConfig {
  return {
    connectionString: databaseUrl,
    application_name: 'temporal-mimecast',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: '-c timezone=UTC -c datestyle=ISO',
  };
}

/**
 * Returns host and port of a database URL, with defaults and environment. @throws EvidenceUnreachableError for an
 * invalid URL
 */
export function hostAndPort(databaseUrl: string): string {
  try {
    const { host, port } = new pg.Client({ connectionString: databaseUrl });
    return `${host}:${port}`;
  } catch {
    // Without the cause: it contains the URL, and with it the password.
    throw new EvidenceUnreachableError(
      'an unknown host',
      'the URL is not of the form postgres://user@host:port/database',
    );
  }
}

/** Returns host, port and name of a database, without its user and password. @throws EvidenceUnreachableError when it is not a URL */
export function describeDatabase(databaseUrl: string): string {
  const where = hostAndPort(databaseUrl);
  const { database } = new pg.Client({ connectionString: databaseUrl });
  return `${database ?? ''} at ${where}`;
}

/** Translates an error about reaching the database, its schema or a value; returns other errors unchanged. */
export function inWords(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (error instanceof pg.DatabaseError) dropValues(error);

  if (error instanceof pg.DatabaseError && ABOUT_A_VALUE.test(code)) {
    return new EvidenceValueError(code, error.constraint, { cause: error });
  }
  if (UNDEFINED_OBJECT.has(code)) return new EvidenceSchemaError([], { cause: error });
  if (isConnectionFailure(error, code)) {
    return new EvidenceUnreachableError(where, error.message || code, { cause: error });
  }
  return error;
}

/** Removes the failing row from an error: it may contain sealed keys or evidence. */
function dropValues(error: pg.DatabaseError): void {
  error.detail = undefined;
  error.where = undefined;
}

/**
 * Matches SQLSTATE classes 08 (connection), 28 (authorization), 3D (no such database), 53 (resources), 57
 * (intervention, such as a timeout or shutdown), 42501 (a role without the privilege), and errors of the socket and of TLS.
 */
function isConnectionFailure(error: Error, code: string): boolean {
  if (CONNECTION_LOST.has(code) || /^(08|28|3D|53|57|42501)/.test(code)) return true;
  if (TLS_FAILURE.test(code)) return true;
  return code === '' && /connection (terminated|error)|timeout|not queryable/i.test(error.message);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

async function run<Row extends object>(
  client: pg.Pool | pg.PoolClient,
  { values, ...statement }: Statement,
): Promise<Row[]> {
  const { rows } = await client.query<Row & pg.QueryResultRow>({
    ...statement,
    ...(values && { values: [...values] }),
  });
  return rows;
}

async function inTransaction<Result>(pool: pg.Pool, work: (client: Queryable) => Promise<Result>): Promise<Result> {
  const lent = await lend(pool);
  try {
    await lent.client.query('begin');
    const result = await work(lent);
    await lent.client.query('commit');
    return result;
  } catch (error) {
    await lent.rollback();
    throw error;
  } finally {
    lent.giveBack();
  }
}

/** Statements keep their limit; the time between two statements has none, because the reader may be slow. */
const BEGIN_SNAPSHOT = `
begin isolation level repeatable read, read only;
set local idle_in_transaction_session_timeout = 0`;

async function* fromSnapshot<Item>(
  pool: pg.Pool,
  read: (client: Queryable) => AsyncIterable<Item>,
  where: string,
): AsyncGenerator<Item> {
  try {
    const lent = await lend(pool);
    try {
      await lent.client.query(BEGIN_SNAPSHOT);
      yield* read(lent);
    } finally {
      await lent.rollback();
      lent.giveBack();
    }
  } catch (error) {
    throw inWords(error, where);
  }
}

interface Lent extends Queryable {
  readonly client: pg.PoolClient;
  rollback(): Promise<void>;
  giveBack(): void;
}

async function lend(pool: pg.Pool): Promise<Lent> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The pool does not listen to a connection in use, and one that breaks between two statements would end the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  return {
    client,
    query: (statement) => run(client, statement),
    async rollback() {
      await client.query('rollback').catch((error: unknown) => {
        broken = error instanceof Error ? error : new Error(String(error));
      });
    },
    giveBack() {
      client.off('error', onError);
      client.release(broken);
    },
  };
}

function pause(attempt: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.random() * 20 * 2 ** attempt));
}
