import type { ConnectionStatus } from './reports.js';
import { POLLED_STREAMS } from './streams.js';

/** What the Temporal UI shows on a connection's page, in Markdown. */
export function connectionDetails(connection: ConnectionStatus): string {
  const { connectionId, account, credentials } = connection;
  const lines = [
    `**${connectionId}** is **${connection.state}**`,
    account && `Account ${account.code}${account.name ? ` (${account.name})` : ''}`,
    connection.baseUrl && `${connection.baseUrl} · API ${connection.apiVersion ?? '1.0'}`,
    credentials && `Keys v${credentials.version}, ${credentials.state}, issued ${credentials.issuedAt.slice(0, 10)}`,
    streamTable(connection),
  ];
  return lines.filter(Boolean).join('\n\n');
}

function streamTable({ connectionId, settings, pauses }: ConnectionStatus): string | undefined {
  if (!settings) return undefined;
  const rows = POLLED_STREAMS.map((stream) => {
    const wanted = settings.streams[stream];
    const every = wanted?.enabled ? `${wanted.everyMs / 3_600_000} h` : 'off';
    return `| ${stream} | ${every} | ${pauses?.[stream] ?? ''} | \`mimecast/${connectionId}/${stream}\` |`;
  });
  return ['| stream | every | paused | schedule |', '|---|---|---|---|', ...rows].join('\n');
}
