import { expect, test } from 'vitest';
import * as backfill from '../../contract/backfill.js';
import * as messages from '../../contract/messages.js';
import type { LogKind } from '../../evidence/log/record.js';
import type { EndpointOutcome } from '../../model/outcomes.js';
import { defaultSettings } from '../../model/settings.js';
import { HOUR_MS } from '../../model/time.js';
import { codeIn, page, tableUnder } from './pages.js';

/** Lists in the documentation that must be whole. */

const ARCHITECTURE = page('docs/architecture.md');
const first = (rows: readonly (readonly string[])[]): (string | undefined)[] =>
  rows.map(([name = '']) => codeIn(name)[0]);

interface Message {
  readonly name: string;
  readonly type: string;
}

/** The room also exports the schemas of what messages carry. */
const messagesIn = (exported: object): Message[] =>
  Object.values(exported).filter(
    (value: unknown): value is Message => typeof value === 'object' && value !== null && 'type' in value,
  );

test('every message of a connection is listed, with its kind', () => {
  const listed = tableUnder(ARCHITECTURE, 'The connection').rows.map(([name = '', kind = '']) => [
    codeIn(name)[0],
    kind.split(',')[0],
  ]);
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(messagesIn(messages).map(({ name, type }) => [name, type])),
  );
});

test('so is the query of a backfill', () => {
  const names = ARCHITECTURE.spans.map(({ text }) => text);
  expect(names).toEqual(expect.arrayContaining(messagesIn(backfill).map(({ name }) => name)));
});

const streams = ARCHITECTURE.tables.find(({ header }) => header[0] === 'stream');

test('every stream is listed with its interval', () => {
  expect(streams?.rows.map(([name = '', every]) => [codeIn(name)[0], every])).toEqual(
    Object.entries(defaultSettings('https://eu-api.mimecast.com').streams).map(([name, { everyMs }]) => [
      name,
      `${everyMs / HOUR_MS} h`,
    ]),
  );
});

/** The compiler sees to it that none is missing here. */
const OUTCOMES: Readonly<Record<EndpointOutcome, true>> = {
  collected: true,
  empty: true,
  unavailable: true,
  forbidden: true,
  failed: true,
};

test('every outcome of an endpoint is explained', () => {
  const explained = ARCHITECTURE.tables.find(({ header }) => header[0] === 'outcome');
  expect(first(explained?.rows ?? [])).toEqual(Object.keys(OUTCOMES));
});

const ENTRIES: Readonly<Record<LogKind, true>> = {
  'connection-opened': true,
  'credentials-staged': true,
  'credentials-accepted': true,
  'credentials-rejected': true,
  'credentials-refused': true,
  'rotation-refused': true,
  'settings-changed': true,
  paused: true,
  resumed: true,
  disconnecting: true,
  disconnected: true,
  gap: true,
  page: true,
  'statistics-page': true,
  'window-restarted': true,
  'window-failed': true,
  observation: true,
  erased: true,
  poll: true,
  evaluation: true,
  annotated: true,
  'annotation-withdrawn': true,
};

test('every kind of entry of the log records some table', () => {
  const recorded = page('docs/schema.md')
    .tables.filter(({ header }) => header.includes('entry of the log'))
    .flatMap(({ rows }) => rows)
    .flatMap((cells) => codeIn(cells.at(-1) ?? ''));
  expect([...new Set(recorded)].sort()).toEqual(Object.keys(ENTRIES).sort());
});
