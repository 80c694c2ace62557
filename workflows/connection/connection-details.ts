import { markdownList } from '../markdown-list.js';
import type { ConnectionStatus } from '../../contract/reports.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { markdownText } from '../../model/text.js';
import { dayOf, HOUR_MS, MINUTE_MS, minuteOf, SECOND_MS } from '../../model/time.js';

/** Returns the details of a connection for its page in the Temporal UI, in Markdown. */
export function connectionDetails(connection: ConnectionStatus): string {
  const { connectionId, account } = connection;
  const lines = [
    `**${connectionId}** is **${connection.state}**`,
    account && `Account ${markdownText(account.code)}${account.name ? ` (${markdownText(account.name)})` : ''}`,
    connection.baseUrl && `${connection.baseUrl} · API ${connection.apiVersion ?? '1.0'}`,
    keysLine(connection),
    refusalLine(connection),
    rotationLine(connection),
    postureLine(connection),
    streamList(connection),
  ];
  return lines.filter(Boolean).join('\n\n');
}

function keysLine({ credentials, pendingVersion }: ConnectionStatus): string | undefined {
  if (!credentials) return undefined;
  const { version, state, issuedAt, age = 'fresh', overdueAt } = credentials;
  const aged = {
    fresh: '',
    due: ` · **rotation due**, overdue on ${dayOf(overdueAt)}`,
    overdue: ` · **rotation overdue** since ${dayOf(overdueAt)}`,
  }[age];
  const pending = pendingVersion === undefined ? '' : ` · v${pendingVersion} is being proved`;
  return `Keys v${version}, ${state}, issued ${dayOf(issuedAt)}${aged}${pending}`;
}

function refusalLine({ connectionId, refusedSince, nextProbeAt }: ConnectionStatus): string | undefined {
  if (refusedSince === undefined) return undefined;
  const next = nextProbeAt === undefined ? '' : `, tried again ${minute(nextProbeAt)}`;
  return `**Keys refused** since ${minute(refusedSince)}${next}. Do this: \`temporal-mimecast rotate ${connectionId}\``;
}

function rotationLine({ lastRotation }: ConnectionStatus): string | undefined {
  if (!lastRotation) return undefined;
  const { at, accepted, version, reason = '', note } = lastRotation;
  const keys = version === undefined ? 'New keys' : `Keys v${version}`;
  const from = note === undefined ? '' : ` (${markdownText(note)})`;
  return accepted
    ? `${keys} taken ${minute(at)}${from}`
    : `**${keys} not taken** ${minute(at)}${from}: ${markdownText(reason)}`;
}

function postureLine({ posture }: ConnectionStatus): string | undefined {
  if (!posture) return undefined;
  const { at, summary, failing } = posture;
  const counts = `${summary.pass} pass · ${summary.fail} fail · ${summary.unknown} unknown`;
  const which = failing.length === 0 ? '' : `: ${failing.map((id) => `\`${id}\``).join(', ')}`;
  return `Controls ${minute(at)}: ${summary.fail > 0 ? `**${counts}**` : counts}${which}`;
}

const minute = (iso: string): string => `${minuteOf(iso)} UTC`;

function streamList({ connectionId, settings, pauses }: ConnectionStatus): string | undefined {
  if (!settings) return undefined;
  return markdownList(
    POLLED_STREAMS.map((stream) => {
      const wanted = settings.streams[stream];
      const every = wanted?.enabled ? `every ${interval(wanted.everyMs)}` : 'off';
      const pause = pauses?.[stream];
      return [stream, every, `\`mimecast/${connectionId}/${stream}\``, pause && `paused: ${markdownText(pause)}`];
    }),
  );
}

/** In the largest unit that says it in a whole number. */
function interval(ms: number): string {
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`;
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min` : `${ms / SECOND_MS} s`;
}
