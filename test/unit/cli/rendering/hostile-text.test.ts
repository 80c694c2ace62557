import { describe, expect, test } from 'vitest';
import type { BackfillReport, ListedConnection, PollReport, StatusReport } from '../../../../client/index.js';
import { Output } from '../../../../cli/console/output.js';
import { writeJsonLines, writeTexts } from '../../../../cli/console/streaming.js';
import type { Colours } from '../../../../cli/console/terminal.js';
import { backfillLines } from '../../../../cli/rendering/backfill.js';
import { connectionReportLines } from '../../../../cli/rendering/connection-report.js';
import { driftLines } from '../../../../cli/rendering/drift.js';
import { findingLines } from '../../../../cli/rendering/findings.js';
import { listLines } from '../../../../cli/rendering/list.js';
import { applyLines, planLines } from '../../../../cli/rendering/plan.js';
import { digestLines, pollLines } from '../../../../cli/rendering/polls.js';
import { explanationLines, postureLines } from '../../../../cli/rendering/posture.js';
import { statusLines } from '../../../../cli/rendering/status.js';
import type { ConnectionTest } from '../../../../contract/reports.js';
import { renderReport } from '../../../../reports/html/page.js';
import { RecordedTerminal, Recorder } from '../../../support/cli/recorded-terminal.js';
import { hiddenIn, HOSTILE } from '../../../support/hostile-text.js';
import { annotation, digestOf, evaluation } from '../../../support/reports/believable-record.js';
import { reportInput } from '../../../support/reports/believable-report.js';

const AT = '2026-11-23T12:00:00.000Z';
const NOW = new Date(AT);
const ACCOUNT = { code: HOSTILE, name: HOSTILE };

const poll = (changes: Partial<PollReport>): PollReport => ({
  stream: 'policies',
  workflowId: HOSTILE,
  runId: HOSTILE,
  joined: false,
  outcome: 'failed',
  endpoints: [
    { endpoint: 'url-protect', path: HOSTILE, outcome: 'forbidden', permission: HOSTILE, digest: digestOf('a') },
    { endpoint: 'blocked-senders', path: HOSTILE, outcome: 'failed', error: HOSTILE },
  ],
  error: HOSTILE,
  ...changes,
});

const STATUS: StatusReport = {
  connectionId: 'acme',
  baseUrl: HOSTILE,
  apiVersion: '1.0',
  state: 'refused',
  account: ACCOUNT,
  lastRotation: { at: AT, accepted: false, version: 2, reason: HOSTILE, note: HOSTILE },
  streams: [
    { stream: 'policies', every: '24h', everyMs: 86_400_000, paused: true, note: HOSTILE, lastError: HOSTILE },
    { stream: 'account', every: '24h', everyMs: 86_400_000, paused: true, note: `${HOSTILE} too` },
  ],
};

const TEST: ConnectionTest = {
  connectionId: 'acme',
  ok: false,
  authentication: 'accepted',
  apiVersion: '1.0',
  baseUrl: HOSTILE,
  account: ACCOUNT,
  endpoints: [
    { stream: 'policies', endpoint: 'url-protect', path: HOSTILE, outcome: 'failed', action: HOSTILE },
    { stream: 'account', endpoint: 'account', path: HOSTILE, outcome: 'empty', action: `${HOSTILE} too` },
  ],
  action: HOSTILE,
};

const LISTED = {
  ...STATUS,
  state: 'connected',
  credentials: { version: 1, state: 'active', issuedAt: AT, dueAt: AT, overdueAt: AT, ageDays: 1, sealedDigest: 'd' },
} as unknown as ListedConnection;

const BACKFILL = {
  connectionId: 'acme',
  outcome: 'failed',
  joined: false,
  windows: { done: 1, failed: 0, total: 2 },
  pages: 1,
  events: 1,
  newEvents: 1,
  asked: { start: AT, end: AT },
  notes: [HOSTILE],
  permission: HOSTILE,
  error: HOSTILE,
} as unknown as BackfillReport;

const EVALUATION = evaluation({
  accountCode: HOSTILE,
  accountName: HOSTILE,
  controls: evaluation().controls.map((control) => ({
    ...control,
    reason: HOSTILE,
    action: HOSTILE,
    details: { policies: [HOSTILE] },
    annotations: [annotation({ owner: HOSTILE, reason: HOSTILE, file: { name: HOSTILE, sha256: digestOf('b') } })],
  })),
});
const [CONTROL] = EVALUATION.controls;
if (!CONTROL) throw new Error('There is no control');

const DRIFT = (reportInput().drift ?? []).map((drift) => ({
  ...drift,
  differences: [
    { kind: 'added' as const, what: HOSTILE },
    { kind: 'changed' as const, what: HOSTILE, fields: [{ path: HOSTILE, from: HOSTILE, to: [HOSTILE] }] },
    { kind: 'changed' as const, what: HOSTILE, fields: [{ path: HOSTILE, from: [HOSTILE], to: [`${HOSTILE} too`] }] },
  ],
  candidates: [{ eventTime: NOW, auditType: HOSTILE, user: HOSTILE, names: HOSTILE, digest: digestOf('c') }],
})) as unknown as Parameters<typeof driftLines>[1];

const PLAN = {
  connections: [
    {
      connectionId: 'acme',
      actions: [
        { action: 'connect', baseUrl: HOSTILE, again: false },
        { action: 'edit', changes: [{ field: HOSTILE, from: HOSTILE, to: HOSTILE }] },
      ],
      notes: [HOSTILE],
    },
  ],
  unmanaged: [HOSTILE],
} as unknown as Parameters<typeof planLines>[0];

const APPLIED = {
  plan: PLAN,
  dryRun: false,
  interrupted: false,
  results: [{ connectionId: 'acme', action: 'edit', ok: false, reason: HOSTILE }],
} as unknown as Parameters<typeof applyLines>[0];

/** Output of each command, with foreign text in every place that may contain some. */
const PRINTED: readonly (readonly [command: string, document: unknown, lines: (colours: Colours) => string[]])[] = [
  ['poll', [poll({})], (colours) => pollLines([poll({}), poll({ outcome: 'forbidden' })], colours)],
  ['poll, digests', [poll({})], (colours) => digestLines([poll({})], colours)],
  ['status', STATUS, (colours) => statusLines(STATUS, NOW, colours)],
  ['connect, test', TEST, (colours) => connectionReportLines(TEST, colours)],
  ['list', [LISTED], (colours) => listLines([LISTED], [LISTED], colours)],
  ['backfill', BACKFILL, (colours) => backfillLines(BACKFILL, colours)],
  ['posture', EVALUATION, (colours) => postureLines(EVALUATION, { all: true }, colours)],
  ['posture --explain', CONTROL, (colours) => explanationLines(EVALUATION, CONTROL, colours)],
  ['drift', DRIFT, (colours) => driftLines('acme', DRIFT, colours)],
  [
    'doctor',
    {},
    (colours) =>
      findingLines(
        [
          {
            group: 'Connections',
            check: 'account',
            subject: 'acme',
            verdict: 'warning',
            found: HOSTILE,
            nextStep: HOSTILE,
          },
        ] as unknown as Parameters<typeof findingLines>[0],
        colours,
      ),
  ],
  ['apply, plan', PLAN, (colours) => planLines(PLAN, colours)],
  ['apply', APPLIED, (colours) => applyLines(APPLIED, colours)],
];

function terminal(): RecordedTerminal {
  const recorded = new RecordedTerminal();
  for (const stream of [recorded.stdout, recorded.stderr]) Object.assign(stream, { isTTY: true });
  return recorded;
}

/** The colours that this product uses, as a terminal gets them. */
const OWN_COLOURS = new RegExp(String.raw`\u001b\[(?:1|2|22|31|32|33|39)m`, 'g');

describe.each(PRINTED)('%s', (_, document, lines) => {
  test('prints foreign text, and nothing of it that a terminal obeys', async () => {
    const recorded = terminal();
    const output = new Output(recorded, { json: false, debug: true });
    output.preview(() => lines(output.colours));
    await output.answer(document, () => lines(output.colours));
    for (const line of lines(output.colours)) output.warn(line);
    for (const { text } of [recorded.stdout, recorded.stderr]) {
      expect(hiddenIn(text.replaceAll(OWN_COLOURS, ''))).toEqual([]);
      expect(text).not.toMatch(/^next {2}temporal-mimecast disconnect/m);
    }
  });

  test('writes JSON that is the same document, and nothing that a terminal obeys', async () => {
    const recorded = terminal();
    await new Output(recorded, { json: true, debug: false }).answer(document, () => []);
    expect(hiddenIn(recorded.stdout.text)).toEqual([]);
    expect(JSON.parse(recorded.stdout.text)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

test('the texts are really in what is printed', () => {
  const plain = (text: string): string => text;
  const colours = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
  const without = PRINTED.filter(([, , lines]) => hiddenIn(lines(colours).join('\n')).length === 0);
  expect(without.map(([command]) => command)).toEqual([]);
});

test('foreign text has no colours, also where it is painted and where it copies ours', () => {
  const recorded = terminal();
  const output = new Output(recorded, { json: false, debug: false });
  output.preview(() => [output.colours.red('a\u001b[32mb\u001b[39mc'), '\u001b[31md']);
  expect(recorded.stdout.text).toBe('\u001b[31ma\\u001b[32mb\\u001b[39mc\u001b[39m\n\\u001b[31md\n');
});

test('a failure and its problems are printed without what a terminal obeys, also as JSON', () => {
  const recorded = terminal();
  const faults = [{ file: HOSTILE, line: 1, field: HOSTILE, message: HOSTILE }];
  const failure = { code: 'x', message: HOSTILE, nextStep: HOSTILE, exitCode: 1 as const, faults };
  new Output(recorded, { json: true, debug: true }).fail(failure, new Error(HOSTILE));
  expect(hiddenIn(recorded.stderr.text.replaceAll(OWN_COLOURS, ''))).toEqual([]);
  expect(hiddenIn(recorded.stdout.text)).toEqual([]);
  expect(JSON.parse(recorded.stdout.text)).toMatchObject({ error: { message: HOSTILE, faults } });
});

test('progress shows one line', () => {
  const recorded = terminal();
  Object.assign(recorded.stderr, { columns: 10_000 });
  new Output(recorded, { json: false, debug: false }).progress().show(HOSTILE.replaceAll(/[\r\n]/g, ' '));
  expect(hiddenIn(recorded.stderr.text.replace('\r\u001b[2K', ''))).toEqual([]);
});

test('an export is the same bytes in a file; a terminal gets its hidden characters escaped', async () => {
  const record = { type: 'event', body: JSON.stringify({ user: HOSTILE }) } as never;
  const signal = new AbortController().signal;
  async function* records() {
    yield await Promise.resolve(record);
  }
  const [file, screen, page] = [new Recorder(), Object.assign(new Recorder(), { isTTY: true }), new Recorder()];
  await writeJsonLines(records(), file, signal);
  await writeJsonLines(records(), screen, signal);
  expect(file.text).toBe(`{"type":"event","body":${JSON.stringify({ user: HOSTILE })}}\n`);
  expect(hiddenIn(screen.text)).toEqual([]);
  expect(JSON.parse(screen.text)).toEqual(JSON.parse(file.text));

  async function* html() {
    yield await Promise.resolve(renderReport(reportInput({ evaluation: EVALUATION })));
  }
  await writeTexts(html(), page, signal);
  expect(hiddenIn(page.text)).toEqual([]);
  expect(page.text).toContain('[U+202E]');
});
