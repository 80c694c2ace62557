import type { ListedConnection } from '../../client/index.js';
import type { Colours } from '../terminal.js';
import { paintState } from './state.js';
import { table } from './table.js';

const HEADINGS = ['CONNECTION', 'ACCOUNT', 'STATE', 'KEYS', 'BASE URL'] as const;

/** All connections, one a line. */
export function listLines(connections: readonly ListedConnection[], colours: Colours): string[] {
  if (connections.length === 0) {
    return ['No connections yet. The first one: temporal-mimecast connect <id> --base-url https://…'];
  }
  const rows = connections.map((connection) => [
    connection.connectionId,
    connection.account?.code ?? '-',
    paintState(connection.state, colours),
    connection.credentials === undefined ? '-' : `${connection.credentials.ageDays} d`,
    connection.baseUrl ?? '-',
  ]);
  return table(HEADINGS, rows, colours);
}
