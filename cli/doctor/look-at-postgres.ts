import { pendingMigrations } from '../../evidence/database/migrate.js';
import { openInspection, type EvidenceInspection, type InspectedServer } from '../../evidence/inspection.js';
import { databaseUrlOf } from '../reach/services.js';
import type { Settings } from '../reach/settings.js';
import { skewOf, type Skew } from './clocks.js';
import { look, LOOK_LIMIT_MS, type Looked } from './look.js';

export interface Database {
  readonly databaseUrl: string;
  readonly inspection: EvidenceInspection;
}

/**
 * Opens the database. @throws {CliError} when none is configured; {EvidenceUnreachableError} when the setting is not a
 * URL
 */
export function openDatabase(settings: Settings): Database {
  const databaseUrl = databaseUrlOf(settings);
  return { databaseUrl, inspection: openInspection(databaseUrl, LOOK_LIMIT_MS) };
}

/** State of the database, without the connections. */
export interface PostgresSeen {
  readonly server: Looked<InspectedServer & { readonly skew: Skew }>;
  /** Absent without a server. */
  readonly schema?: PostgresSchema;
}

export interface PostgresSchema {
  readonly migrations: Looked<{ readonly pending: readonly string[] }>;
  /** Namespace that the database belongs to, if any. */
  readonly namespace: Looked<string | undefined>;
}

export async function lookAtPostgres(database: Looked<Database>, now: () => Date): Promise<PostgresSeen> {
  if ('trouble' in database) return { server: database };
  const { databaseUrl, inspection } = database.seen;
  // The first statement opens the connection; the one that reads the clock must be fast.
  const reached = await look(() => inspection.server());
  if ('trouble' in reached) return { server: reached };

  const [server, migrations, namespace] = await Promise.all([
    look(() => timed(inspection, now)),
    look(async () => ({ pending: await pendingMigrations(databaseUrl) })),
    look(() => inspection.namespace()),
  ]);
  return { server, schema: { migrations, namespace } };
}

async function timed(
  inspection: EvidenceInspection,
  now: () => Date,
): Promise<InspectedServer & { readonly skew: Skew }> {
  const requestedAt = now();
  const server = await inspection.server();
  return { ...server, skew: skewOf(server.at, requestedAt, now()) };
}
