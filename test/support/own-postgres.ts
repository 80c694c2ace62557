import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../sandbox/postgres.js';

/** A Postgres of one test, whose roles and settings the test may change. */
export interface OwnPostgres {
  /** URL of the superuser. */
  readonly url: string;
  /** URL of a role, which can log in from now on. */
  login(role: string, database?: string): Promise<string>;
  /** Runs statements as a role; the superuser unless a URL is given. */
  query(text: string, url?: string): Promise<Record<string, unknown>[]>;
}

/** Starts a Postgres below a folder. It stops with the test. */
export async function startOwnPostgres(
  folder: string,
  onTestFinished: (stop: () => Promise<void>) => void,
): Promise<OwnPostgres> {
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), port: 0 });
  onTestFinished(() => server.stop());
  const { url } = server;
  const query: OwnPostgres['query'] = async (text, as = url) => {
    const client = new pg.Client({ connectionString: as });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    url,
    query,
    async login(role, database) {
      await query(`alter role ${role} login password '${role}'`);
      const own = new URL(url);
      Object.assign(own, {
        username: role,
        password: role,
        ...(database !== undefined && { pathname: `/${database}` }),
      });
      return own.href;
    },
  };
}
