import { findingsOn, REACHABLE, type Finding } from './finding.js';
import { nextStepOf } from './look.js';
import type { PostgresSchema, PostgresSeen } from './look-at-postgres.js';

const postgres = findingsOn('postgres');

/** Oldest Postgres version that `evidence/` supports. */
const OLDEST_VERSION = 14;

/** @param wanted Temporal namespace whose evidence the database must contain */
export function judgePostgres({ server, schema }: PostgresSeen, wanted: string): Finding[] {
  if ('trouble' in server || !schema) {
    const { message, ...trouble } = 'trouble' in server ? server.trouble : { message: 'Postgres did not answer.' };
    return [
      postgres.failure(REACHABLE, message, nextStepOf(trouble, 'Check DATABASE_URL and that the server runs.')),
      ...['version', 'migrations', 'namespace'].map((check) => postgres.skipped(check, 'Postgres is not reached')),
    ];
  }
  const { where, version, versionNumber } = server.seen;
  return [
    postgres.ok(REACHABLE, `Postgres at ${where} answers`),
    judgeVersion(version, versionNumber),
    judgeMigrations(schema.migrations),
    judgeClaim(schema.namespace, wanted),
  ];
}

function judgeVersion(version: string, versionNumber: number): Finding {
  const found = `version ${version}, and ${OLDEST_VERSION} or newer is needed`;
  return versionNumber >= OLDEST_VERSION * 10_000
    ? postgres.ok('version', found)
    : postgres.failure('version', found, 'Move the database to a newer Postgres.');
}

function judgeMigrations(migrations: PostgresSchema['migrations']): Finding {
  if ('trouble' in migrations) return postgres.skipped('migrations', migrations.trouble.message);
  const { pending } = migrations.seen;
  return pending.length === 0
    ? postgres.ok('migrations', 'all migrations are applied')
    : postgres.failure('migrations', `not applied: ${pending.join(', ')}`, 'temporal-mimecast migrate');
}

function judgeClaim(namespace: PostgresSchema['namespace'], wanted: string): Finding {
  if ('trouble' in namespace) return postgres.skipped('namespace', namespace.trouble.message);
  const claimed = namespace.seen;
  if (claimed === undefined)
    return postgres.ok('namespace', 'of no namespace yet: the first worker takes it for its own');
  if (claimed === wanted) return postgres.ok('namespace', `holds the evidence of namespace "${claimed}"`);
  return postgres.failure(
    'namespace',
    `holds the evidence of namespace "${claimed}", and this is "${wanted}"`,
    `Set TEMPORAL_NAMESPACE to ${claimed}, or DATABASE_URL to the database of ${wanted}.`,
  );
}
