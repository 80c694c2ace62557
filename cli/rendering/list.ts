import { connectionHealth, HEALTHS, isHealthy, type Health } from '../../client/connection-health.js';
import type { ListedConnection } from '../../client/index.js';
import type { Colours } from '../console/terminal.js';
import { table } from './table.js';

const HEADINGS = ['CONNECTION', 'ACCOUNT', 'STATE', 'WHY', 'KEYS', 'PASS', 'FAIL', 'UNK', 'N/A', 'BASE URL'] as const;

/**
 * Lists connections, one per line.
 *
 * @param all the unfiltered list, for the last line
 */
export function listLines(
  listed: readonly ListedConnection[],
  all: readonly ListedConnection[],
  colours: Colours,
): string[] {
  if (all.length === 0) {
    return ['No connections yet. The first one: temporal-mimecast connect <id> --base-url https://…'];
  }
  const total = totals(all);
  if (listed.length === 0) return [`None of ${total}`];
  return [
    ...table(
      HEADINGS,
      listed.map((connection) => row(connection, colours)),
      colours,
    ),
    '',
    total,
    ...listed.flatMap((connection) => failingLines(connection, colours)),
  ];
}

/** Formats the reason why a connection does not work, and the command that gets it going again. */
function failingLines({ connectionId, failing }: ListedConnection, colours: Colours): string[] {
  return failing ? ['', `${connectionId}: ${colours.red(failing.reason)}`, `next  ${failing.fix}`] : [];
}

function row(connection: ListedConnection, colours: Colours): string[] {
  const { connectionId, account, credentials, posture, baseUrl = '-' } = connection;
  const { why = '' } = connectionHealth(connection);
  const { pass, fail, unknown, notApplicable } = posture?.summary ?? {};
  return [
    connectionId,
    account?.code ?? '-',
    paintHealth(connection, colours),
    why,
    credentials === undefined ? '-' : `${credentials.ageDays} d`,
    ...[pass, fail, unknown, notApplicable].map((count) => (count === undefined ? '-' : String(count))),
    baseUrl,
  ];
}

function paintHealth(connection: ListedConnection, colours: Colours): string {
  const found = connectionHealth(connection);
  if (found.health === 'disconnected') return colours.dim(found.health);
  return (isHealthy(found) ? colours.green : colours.red)(found.health);
}

function totals(all: readonly ListedConnection[]): string {
  const healths = all.map((connection) => connectionHealth(connection).health);
  const count = (health: Health): number => healths.filter((found) => found === health).length;
  const counted = HEALTHS.toReversed().filter((health) => count(health) > 0);
  return `${all.length} connections: ${counted.map((health) => `${count(health)} ${health}`).join(', ')}`;
}
