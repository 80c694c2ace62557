import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../evidence/database/migrate.js';
import { createEvidenceStore } from '../evidence/store.js';
import { startPostgres } from '../sandbox/postgres.js';
import { defaultSettings } from '../model/settings.js';
import { BenchProcess, endProcesses } from './bench-process.js';
import type { ExporterProcess } from './processes/exporter.js';

/**
 * Measures the speed and memory of exports of audit events: memory must not grow with their number. `node
 * dist/bench/exports.js [events…]`
 */
const DEFAULT_COUNTS = [100_000, 1_000_000];
const FORMATS = ['jsonl', 'csv'] as const;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(counts: readonly number[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-mimecast-exports-'));
  // As root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o711);
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: 0 });
  try {
    await migrate(postgres.url);
    for (const count of counts) {
      await fill(postgres.url, count);
      for (const format of FORMATS) await measure(postgres.url, count, format);
    }
  } finally {
    await endProcesses();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const connectionOf = (count: number): string => `events-${count}`;

/** Inserts realistic events with SQL; collecting them is measured by another benchmark. */
async function fill(databaseUrl: string, count: number): Promise<void> {
  const connectionId = connectionOf(count);
  const store = createEvidenceStore({ databaseUrl, maxConnections: 1 });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const settings = defaultSettings('https://eu-api.mimecast.com');
    await store.connections.open({ connectionId, settings, sealed: 'none', kid: 'none' });
    await database.query(FILL, [connectionId, count]);
  } finally {
    await Promise.all([store.close(), database.end()]);
  }
}

const FILL = `
  with event as (
    select n, timestamptz '2026-01-01' + n * interval '1 second' as at from generate_series(1, $2::integer) n
  ), body as (
    select n, at, json_build_object('auditType', 'User Logged On', 'category', 'authentication_logs',
             'eventInfo', 'Successful authentication for user-' || n % 5000 || '@example.com, IP 192.0.2.' || n % 250
                          || ', application Administration Console, method Cloud', 'eventTime', at,
             'id', 'eNoVzk0-' || n, 'user', 'user-' || n % 5000 || '@example.com')::text as text
      from event
  )
  insert into mimecast.audit_events (event_time, window_id, page, restart, connection_id, id_hash, event_type, category,
                                     user_name, sha256, body)
  select at, 1, n / 500, 0, $1, sha256(n::text::bytea), 'User Logged On', 'authentication_logs',
         'user-' || n % 5000 || '@example.com', sha256(text::bytea), text
    from body`;

async function measure(databaseUrl: string, count: number, format: (typeof FORMATS)[number]): Promise<void> {
  const exporter = new BenchProcess<ExporterProcess>('./processes/exporter.js');
  try {
    const argv = ['export', connectionOf(count), '--what', 'events', '--format', format];
    const { elapsedMs, peakRssMiB } = await exporter.call('run', { databaseUrl, argv });
    const perSecond = Math.round((count * 1000) / elapsedMs);
    say(
      `${format.padEnd(5)} ${String(count).padStart(9)} events  ${perSecond} a second  peak ${Math.round(peakRssMiB)} MiB`,
    );
  } finally {
    await exporter.end();
  }
}

const counts = process.argv.slice(2).map(Number);
await main(counts.length > 0 ? counts : DEFAULT_COUNTS);
