import type { LogEntry } from '../../evidence/log/entries.js';
import { shownName } from '../exports/rendering.js';
import { isolated, html, joined, named, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { none, section, table } from './section.js';
import { moment } from './words.js';
import type { LogKind } from '../../evidence/log/record.js';
import { isJsonObject } from '../../model/json.js';

/** Kinds of log entries that the report lists. */
export const CHANGE_KINDS = [
  'connection-opened',
  'credentials-staged',
  'credentials-accepted',
  'credentials-rejected',
  'credentials-refused',
  'rotation-refused',
  'settings-changed',
  'paused',
  'resumed',
  'disconnecting',
  'disconnected',
] as const satisfies readonly LogKind[];

type ChangeKind = (typeof CHANGE_KINDS)[number];

const WORDS: Readonly<Record<ChangeKind, string>> = {
  'connection-opened': 'Connection opened',
  'credentials-staged': 'New keys received',
  'credentials-accepted': 'Keys accepted by Mimecast',
  'credentials-rejected': 'New keys not taken',
  'credentials-refused': 'Keys refused by Mimecast',
  'rotation-refused': 'Rotation not taken',
  'settings-changed': 'Settings changed',
  paused: 'Paused by an operator',
  resumed: 'Resumed by an operator',
  disconnecting: 'Disconnect begun',
  disconnected: 'Disconnected, keys destroyed',
};

const ROWS = 100;

/** Renders changes of keys, settings and pauses. */
export function changes(input: ReportInput): Html {
  const entries = input.changes.flatMap((entry) => (isChange(entry.kind) ? [{ ...entry, kind: entry.kind }] : []));
  const shown = entries.slice(-ROWS);
  return section({
    id: 'changes',
    title: 'Changes of keys and settings',
    body:
      entries.length === 0
        ? none('Neither keys nor settings were changed within the period.')
        : html`
            ${entries.length > ROWS && html`<p>The latest ${ROWS} of ${entries.length}.</p>`}
            ${table(
              'Changes, in the order of the log',
              ['When', 'What', 'Details', 'Entry'],
              shown.map(
                (entry) =>
                  html`<tr>
                    <td>${moment(entry.at)}</td>
                    <td>${WORDS[entry.kind]}</td>
                    <td>${details(entry, input)}</td>
                    <td class="number">${entry.sequence}</td>
                  </tr>`,
              ),
            )}
          `,
  });
}

const isChange = (kind: LogKind): kind is ChangeKind => CHANGE_KINDS.some((known) => known === kind);

/** Renders the fields of an entry that contain no personal data. A note, which may, is shown together with names only. */
function details({ data, kind }: LogEntry & { readonly kind: ChangeKind }, input: ReportInput): Html {
  const facts = [
    ...number(data, 'version', 'keys v'),
    ...number(data, 'replaced', 'in place of v'),
    ...text(data, 'issuedAt', 'issued '),
    ...text(data, 'account', 'account '),
    ...text(data, 'reason', ''),
    ...(Array.isArray(data['streams']) ? [isolated(data['streams'].map(String).join(', '))] : []),
    ...(typeof data['note'] === 'string' ? [html`note: ${isolated(shownName(data['note'], input))}`] : []),
    ...(typeof data['actor'] === 'string' ? [html`asked for by ${named(shownName(data['actor'], input))}`] : []),
    ...(kind === 'settings-changed' ? settings(data['changed']) : []),
  ];
  return joined(facts, html`<br />`);
}

type Data = LogEntry['data'];

const number = (data: Data, key: string, before: string): Html[] => {
  const value = data[key];
  return typeof value === 'number' ? [html`${before}${value}`] : [];
};

const text = (data: Data, key: string, before: string): Html[] => {
  const value = data[key];
  return typeof value === 'string' ? [html`${before}${isolated(value)}`] : [];
};

function settings(changed: unknown): Html[] {
  if (!isJsonObject(changed)) return [];
  return Object.entries(changed).map(([name, change]) => {
    const { from, to } = (change ?? {}) as { readonly from?: unknown; readonly to?: unknown };
    return html`${named(name)}: <code>${named(json(from))}</code> → <code>${named(json(to))}</code>`;
  });
}

const json = (value: unknown): string => (value === undefined || value === null ? 'none' : JSON.stringify(value));
