import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportLine, type ExportRecord } from '../../../../evidence/export.js';
import { verifyBundle } from '../../../../evidence/proof/verify-bundle.js';
import {
  auditEvent,
  auditEvents,
  connect,
  connectedStore,
  NOON,
  page,
  PROVENANCE,
  takenWindow,
} from '../../../support/evidence.js';
import { freshDatabase, type TestDatabase } from '../../../support/database.js';
import type { Checkpointed } from '../../../../evidence/proof/verifier.js';
import type { NewObservation } from '../../../../evidence/observations/observations.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

/**
 * Two connections with the same history, of which a part was erased by rule. Whatever is then done to it behind the store's
 * back is found, in the database and in a bundle, and the first record that does not hold is named.
 */

const EVENTS_PER_PAGE = 6;
const PAGES = 4;
const EVENTS = EVENTS_PER_PAGE * PAGES;

/** Entries: 1 opened, 2 accepted, 3 to 6 pages, 7 to 10 observations, 11 erased events, 12 an erased observation, 13 observed. */
const PAGE_ENTRIES = [3, 4, 5, 6];
const ERASED_EVENTS_ENTRY = 11;
const ERASED_OBSERVATION_ENTRY = 12;
const ENTRIES = 13;
/** The events of the first page, and one of the second. */
const ERASED_EVENTS = EVENTS_PER_PAGE + 1;

let database: TestDatabase;
let store: EvidenceStore;
let checkpoint: Checkpointed;
let bundle: readonly string[];

beforeAll(async () => {
  database = await freshDatabase();
  store = await connectedStore(database.url);
  await connect(store, 'globex');
  for (const connectionId of ['acme', 'globex']) await collect(connectionId);
  const { head, at } = (await store.checkpoints.standing('acme')) ?? {};
  if (!head || !at) throw new Error('acme has no log');
  checkpoint = { ...head, at: at.toISOString() };
  bundle = await bundleOf('acme');
  await keepCopy();
});
afterAll(async () => {
  await store.close();
  await database.drop();
});
beforeEach(() => restore());

async function collect(connectionId: string): Promise<void> {
  const window = await takenWindow(store, { connectionId });
  for (let index = 0; index < PAGES; index += 1) {
    const events = auditEvents(index * EVENTS_PER_PAGE, EVENTS_PER_PAGE);
    await store.events.storePage(page(window, index, events, index < PAGES - 1 ? `token-${index}` : undefined));
  }
  for (const user of ['jane@example.com', 'bob@example.com', 'jane@example.com', 'eve@example.com']) {
    await store.observations.record(blockOf(connectionId, user));
  }
  const before = new Date(NOON.getTime() + ERASED_EVENTS * 1000);
  await store.erasure.erase(connectionId, { rule: { before }, what: ['events'], reason: 'too old' });
  await store.erasure.erase(connectionId, { rule: { subject: 'jane@example.com' }, reason: 'request 1' });
  await store.observations.record(blockOf(connectionId, 'mallory@example.com'));
}

function blockOf(connectionId: string, emailAddress: string): NewObservation {
  return {
    connectionId,
    generation: 1,
    stream: 'policies',
    endpoint: 'blocked-senders',
    outcome: 'collected',
    items: 1,
    body: [{ option: 'block_sender', id: 'p1', policy: { from: { emailAddress } } }],
    provenance: { ...PROVENANCE, path: '/api/policy/blockedsenders/get-policy' },
    runId: 'run-1',
  };
}

async function bundleOf(connectionId: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const record of store.proof.bundle(connectionId)) lines.push(exportLine(record as ExportRecord));
  return lines;
}

const TABLES = ['log', 'log_heads', 'audit_events', 'bodies', 'observations'];

async function keepCopy(): Promise<void> {
  await database.query(`
    create schema copy;
    alter table mimecast.audit_events drop constraint audit_events_body_or_erased;
    ${TABLES.map((table) => `create table copy.${table} as table mimecast.${table};`).join('\n')}`);
}

async function restore(): Promise<void> {
  await database.query(`
    truncate ${TABLES.map((table) => `mimecast.${table}`).join(', ')};
    ${TABLES.map((table) => `insert into mimecast.${table} overriding system value table copy.${table};`).join('\n')}`);
}

/** SQL: the key of the n-th event by time. */
const event = (number: number): string =>
  `connection_id = 'acme' and event_time = '${new Date(NOON.getTime() + number * 1000).toISOString()}'`;
const pageEntryOf = (number: number): number => PAGE_ENTRIES[Math.floor(number / EVENTS_PER_PAGE)] ?? NaN;
const bodyOf = (number: number): string => JSON.stringify(sortedEvent(number));

/** As canonical JSON has it: keys in order. */
function sortedEvent(number: number): unknown {
  return Object.fromEntries(Object.entries(auditEvent(number).raw as object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Tampering {
  readonly what: string;
  readonly sql: string;
  /** Number of the first invalid entry. */
  readonly sequence: number;
}

const heldEvent = fc.integer({ min: ERASED_EVENTS, max: EVENTS - 1 });
const erasedEvent = fc.integer({ min: 0, max: ERASED_EVENTS - 1 });
const anyEvent = fc.integer({ min: 0, max: EVENTS - 1 });
const anyEntry = fc.integer({ min: 1, max: ENTRIES });

/** SQL: makes room in the log before an entry. */
const shift = (from: number): string => `
  update mimecast.log set sequence = -sequence where connection_id = 'acme' and sequence >= ${from};
  update mimecast.log set sequence = 1 - sequence where connection_id = 'acme' and sequence < 0;`;

const tamperings: fc.Arbitrary<Tampering> = fc.oneof(
  heldEvent.map((number) => ({
    what: 'an event changed',
    sql: `update mimecast.audit_events set body = replace(body, 'Logged On', 'Logged Off') where ${event(number)}`,
    sequence: pageEntryOf(number),
  })),
  heldEvent.map((number) => ({
    what: 'an event changed together with its digest',
    sql: `update mimecast.audit_events set body = '{}', sha256 = sha256('{}') where ${event(number)}`,
    sequence: pageEntryOf(number),
  })),
  anyEvent.map((number) => ({
    what: 'an event removed, erased or not',
    sql: `delete from mimecast.audit_events where ${event(number)}`,
    sequence: pageEntryOf(number),
  })),
  heldEvent.map((number) => ({
    what: 'the body of an event removed',
    sql: `update mimecast.audit_events set body = null where ${event(number)}`,
    sequence: pageEntryOf(number),
  })),
  fc
    .tuple(heldEvent, fc.constantFrom(1, 3, 6, 7, ERASED_EVENTS_ENTRY, ERASED_OBSERVATION_ENTRY, 99))
    .map(([number, by]) => ({
      what: `an event marked as erased by entry ${by}`,
      sql: `update mimecast.audit_events set body = null, erased_by = ${by} where ${event(number)}`,
      // An erased record contradicts its erasure, an entry that comes later; with any other claim the record itself is invalid.
      sequence: by === ERASED_EVENTS_ENTRY || by === ERASED_OBSERVATION_ENTRY ? by : pageEntryOf(number),
    })),
  erasedEvent.map((number) => ({
    what: 'an event un-erased, with the very body that it had',
    sql: `update mimecast.audit_events set body = '${bodyOf(number)}', erased_by = null where ${event(number)}`,
    sequence: ERASED_EVENTS_ENTRY,
  })),
  erasedEvent.map((number) => ({
    what: 'the body of an erased event held again',
    sql: `update mimecast.audit_events set body = '${bodyOf(number)}' where ${event(number)}`,
    sequence: pageEntryOf(number),
  })),
  fc.tuple(erasedEvent, heldEvent).map(([erased, held]) => ({
    what: 'another event erased in the place of one that was',
    sql: `update mimecast.audit_events set body = '${bodyOf(erased)}', erased_by = null where ${event(erased)};
          update mimecast.audit_events set body = null, erased_by = ${ERASED_EVENTS_ENTRY} where ${event(held)}`,
    sequence: ERASED_EVENTS_ENTRY,
  })),
  anyEntry.map((entry) => ({
    what: 'an entry changed',
    sql: `update mimecast.log set record = overlay(record placing '2' from 8) where connection_id = 'acme' and sequence = ${entry};
          update mimecast.log set record = record || ' ' where connection_id = 'acme' and sequence = ${entry}`,
    sequence: entry,
  })),
  anyEntry.map((entry) => ({
    what: 'an entry removed',
    sql: `delete from mimecast.log where connection_id = 'acme' and sequence = ${entry}`,
    sequence: entry,
  })),
  fc.integer({ min: 1, max: ENTRIES - 1 }).map((entry) => ({
    what: 'two entries exchanged',
    sql: `with exchanged as (select ${2 * entry + 1} - sequence as sequence, hash, record from mimecast.log
                              where connection_id = 'acme' and sequence in (${entry}, ${entry + 1}))
          update mimecast.log l set hash = e.hash, record = e.record from exchanged e
           where l.connection_id = 'acme' and l.sequence = e.sequence`,
    sequence: entry,
  })),
  anyEntry.map((entry) => ({
    what: 'an entry put in',
    sql: `${shift(entry)}
          insert into mimecast.log select 'acme', ${entry}, hash, record from copy.log where connection_id = 'globex' and sequence = 2`,
    sequence: entry,
  })),
  fc.integer({ min: 0, max: ENTRIES - 1 }).map((kept) => ({
    what: 'the tail cut off',
    sql: `delete from mimecast.log where connection_id = 'acme' and sequence > ${kept}`,
    sequence: kept + 1,
  })),
  fc.constant({
    what: 'the logs of two connections exchanged',
    sql: `update mimecast.log set connection_id = 'x' where connection_id = 'acme';
          update mimecast.log set connection_id = 'acme' where connection_id = 'globex';
          update mimecast.log set connection_id = 'globex' where connection_id = 'x'`,
    sequence: 1,
  }),
  fc.constantFrom(8, 10, 13).map((entry) => ({
    what: 'the body of an observation changed',
    sql: `update mimecast.bodies b set body = '[]' from mimecast.observations o
           where o.connection_id = 'acme' and o.log_sequence = ${entry} and b.connection_id = 'acme' and b.sha256 = o.sha256`,
    sequence: entry,
  })),
  fc.integer({ min: 7, max: 10 }).map((entry) => ({
    what: 'an observation removed',
    sql: `delete from mimecast.observations where connection_id = 'acme' and log_sequence = ${entry}`,
    sequence: entry,
  })),
  fc.constantFrom(8, 10).map((entry) => ({
    what: 'an observation marked as erased',
    sql: `update mimecast.observations set erased_by = ${ERASED_OBSERVATION_ENTRY} where connection_id = 'acme' and log_sequence = ${entry};
          delete from mimecast.bodies b using mimecast.observations o where o.log_sequence = ${entry} and b.sha256 = o.sha256
             and b.connection_id = 'acme'`,
    sequence: ERASED_OBSERVATION_ENTRY,
  })),
  fc.constant({
    what: 'the body of an erased observation held again',
    sql: `insert into mimecast.bodies select connection_id, sha256, '[]' from mimecast.observations
           where connection_id = 'acme' and log_sequence = 7`,
    sequence: 7,
  }),
  fc.constant({
    what: 'an observation without an entry',
    sql: `insert into mimecast.observations (connection_id, stream, endpoint, outcome, observed_at, dropped_fields, run_id, log_sequence)
          values ('acme', 'policies', 'url-protect', 'unavailable', now(), '{}', 'run-1', 99)`,
    sequence: 0,
  }),
);

test('unchanged evidence verifies, with erased records counted, in the database and in the bundle', async () => {
  const expected = {
    connectionId: 'acme',
    ok: true,
    records: ENTRIES,
    erased: { events: ERASED_EVENTS, observations: 2, rows: 0, verdicts: 0 },
    checkpoint: { sequence: ENTRIES, at: checkpoint.at },
  };
  expect(await store.proof.verify('acme', checkpoint)).toEqual(expected);
  expect(await verifyLines(bundle, checkpoint)).toEqual(expected);
  expect(await bundleOf('acme')).toEqual(bundle);
  expect(bundle.join('\n')).not.toMatch(/jane/i);
});

test('any change of the database is detected, and the first invalid entry is named', async () => {
  await fc.assert(
    fc.asyncProperty(tamperings, async ({ sql, sequence }) => {
      await restore();
      await database.query(sql);
      expect(await store.proof.verify('acme')).toMatchObject({ ok: false, firstBroken: { sequence } });
      // A bundle made of it afterwards fails too. Records without an entry are not in a bundle.
      if (sequence > 0) expect(await verifyLines(await bundleOf('acme'))).toMatchObject({ ok: false });
    }),
    { numRuns: 50 },
  );
});

async function verifyLines(lines: readonly string[], checkpointed?: Checkpointed) {
  async function* each(): AsyncGenerator<string> {
    await Promise.resolve();
    yield* lines;
  }
  return verifyBundle(each(), () => checkpointed);
}

describe('whatever is done to a bundle is found', () => {
  const line = (): fc.Arbitrary<number> => fc.integer({ min: 1, max: bundle.length - 1 });

  test('a line removed, repeated, moved, or taken from another bundle', async () => {
    const others = (await bundleOf('globex')).slice(1);
    const change = fc.oneof(
      line().map((at) => bundle.toSpliced(at, 1)),
      line().map((at) => bundle.toSpliced(at, 0, bundle[at] ?? '')),
      line().map((at) => bundle.slice(0, at)),
      fc.tuple(line(), line()).map(([from, to]) => bundle.toSpliced(from, 1).toSpliced(to, 0, bundle[from] ?? '')),
      fc.tuple(line(), fc.nat(others.length - 1)).map(([at, other]) => bundle.toSpliced(at, 1, others[other] ?? '')),
      fc.constant([bundle[0] ?? '', ...others]),
    );
    await fc.assert(
      fc.asyncProperty(change, async (lines) => {
        fc.pre(lines.join('\n') !== bundle.join('\n'));
        expect(await verifyLines(lines)).toMatchObject({ ok: false });
      }),
      { numRuns: 300 },
    );
  });

  test('a character changed', async () => {
    await fc.assert(
      fc.asyncProperty(line(), fc.nat(), fc.constantFrom('0', 'x', '}', '"'), async (at, place, character) => {
        const text = bundle[at] ?? '';
        const changed = `${text.slice(0, place % text.length)}${character}${text.slice((place % text.length) + 1)}`;
        fc.pre(changed !== text);
        expect(await verifyLines(bundle.with(at, changed)), `${text}\n${changed}`).toMatchObject({ ok: false });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a history that was rebuilt as a whole', () => {
  /** SQL: recomputes the chain of acme from an entry on, and the head, as someone with write access can. */
  const RECHAIN = `
    do $$
    declare entry record; previous bytea := sha256('mimecast evidence log of acme');
    begin
      for entry in select sequence, record from mimecast.log where connection_id = 'acme' order by sequence loop
        previous := sha256(previous || convert_to(entry.record, 'UTF8'));
        update mimecast.log set hash = previous where connection_id = 'acme' and sequence = entry.sequence;
      end loop;
      update mimecast.log_heads set hash = previous,
             sequence = (select count(*) from mimecast.log where connection_id = 'acme')
       where connection_id = 'acme';
    end $$`;

  test.each([
    {
      what: 'with its end cut off',
      sql: `delete from mimecast.log where connection_id = 'acme' and sequence > 12;
            delete from mimecast.observations where connection_id = 'acme' and log_sequence > 12;`,
      broken: { sequence: 13, kind: 'missing', reason: 'entry 13 is missing: the checkpoint of' },
    },
    {
      what: 'with an entry in other words',
      sql: `update mimecast.log set record = replace(record, 'CUK1A1', 'CUK1A2') where connection_id = 'acme' and sequence = 2;`,
      broken: { sequence: ENTRIES, kind: 'checkpoint', reason: 'not the one that the checkpoint of' },
    },
  ])('$what, holds by itself, and a checkpoint finds it', async ({ sql, broken }) => {
    await database.query(`${sql} ${RECHAIN}`);
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });

    const lines = await bundleOf('acme');
    for (const verification of [await store.proof.verify('acme', checkpoint), await verifyLines(lines, checkpoint)]) {
      expect(verification).toMatchObject({ ok: false, firstBroken: { sequence: broken.sequence, kind: broken.kind } });
      expect(verification.firstBroken?.reason).toContain(broken.reason);
    }
  });

  test('verifies beyond a checkpoint that lies on the chain before its end', async () => {
    await store.observations.record(blockOf('acme', 'new@example.com'));
    expect(await store.proof.verify('acme', checkpoint)).toMatchObject({
      ok: true,
      records: ENTRIES + 1,
      checkpoint: { sequence: ENTRIES },
    });
  });
});
