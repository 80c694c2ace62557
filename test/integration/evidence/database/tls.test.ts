import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { migrate } from '../../../../evidence/database/migrate.js';
import { createEvidenceStore } from '../../../../evidence/store.js';
import { createAuthority, type Certificate } from '../../../support/certificates.js';
import { run } from '../../../support/cli/run.js';
import { startOwnPostgres, type OwnPostgres } from '../../../support/own-postgres.js';
import { test } from '../../../support/test.js';

/** Postgres that accepts only TLS. Its server writes the files itself, because it may run as another account. */
async function demandTls(postgres: OwnPostgres, { cert, key }: Certificate): Promise<void> {
  const [{ folder } = {}] = await postgres.query(`select current_setting('data_directory') as folder`);
  const write = async (name: string, text: string): Promise<void> => {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => `('${line}')`);
    await postgres.query(`copy (values ${lines.join(',')}) to program 'umask 077; cat > "${String(folder)}/${name}"'`);
  };
  await write('server.crt', await readFile(cert, 'utf8'));
  await write('server.key', await readFile(key, 'utf8'));
  await write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256');
  await postgres.query('alter system set ssl = on');
  await postgres.query('select pg_reload_conf()');
}

test('Postgres with TLS is used when its certificate is verified, and gets no password otherwise', async ({
  folder,
  onTestFinished,
}) => {
  const [authority, stranger] = [await createAuthority(folder), await createAuthority(folder, 'stranger')];
  const postgres = await startOwnPostgres(folder, onTestFinished);
  const plain = new URL(postgres.url);
  await demandTls(postgres, await authority.issue('localhost'));
  const url = (host: string, query: string): string => {
    const named = new URL(plain);
    named.hostname = host;
    return `${named.href}?${query}`;
  };
  const verified = url('localhost', `sslmode=verify-full&sslrootcert=${encodeURIComponent(authority.cert)}`);

  expect((await migrate(verified)).applied.length).toBeGreaterThan(0);
  const store = createEvidenceStore({ databaseUrl: verified });
  onTestFinished(() => store.close());
  expect(await store.connections.list()).toEqual([]);
  expect(await postgres.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()', verified)).toEqual([
    { ssl: true },
  ]);

  const refused: [string, string, RegExp][] = [
    ['without TLS', postgres.url, /no encryption/],
    [
      'another name',
      url('127.0.0.1', `sslmode=verify-full&sslrootcert=${authority.cert}`),
      /does not match certificate/,
    ],
    ['another authority', url('localhost', `sslmode=verify-full&sslrootcert=${stranger.cert}`), /certificate/],
    ['the authorities of Node', url('localhost', 'sslmode=verify-full'), /certificate/],
  ];
  for (const [name, databaseUrl, reason] of refused) {
    const ran = await run(['verify', 'acme'], { DATABASE_URL: databaseUrl, MIMECAST_DATA_DIR: folder });
    expect([name, ran.exitCode, ran.stderr]).toEqual([name, 3, expect.stringMatching(reason)]);
  }
});
