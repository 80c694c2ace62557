import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FORMATS, planExport, SUBJECTS, type ExportChoice } from '../../../../cli/exports/plan.js';
import { runCommandLine } from '../../../../cli/program.js';
import type { Services } from '../../../../cli/reach/services.js';
import type { ConnectionRow } from '../../../../model/connection.js';
import type { StoredEvaluation } from '../../../../model/verdicts.js';
import { defaultSettings } from '../../../../model/settings.js';
import { CONTROL_IDS, evaluation, evaluationWith, OWNER } from '../../../support/reports/believable-record.js';
import { readerOf } from '../../../support/posture/traced.js';
import { RecordedTerminal } from '../../../support/cli/recorded-terminal.js';
import type { ExportRecord } from '../../../../evidence/export.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

const ROW: ConnectionRow = {
  connectionId: 'acme',
  generation: 1,
  state: 'connected',
  settings: defaultSettings('https://us-api.mimecast.com'),
  pauses: {},
  createdAt: new Date('2026-09-12'),
  updatedAt: new Date('2026-11-05'),
};

const EVIDENCE: readonly ExportRecord[] = [
  {
    type: 'event',
    connectionId: 'acme',
    eventTime: new Date('2026-11-01T00:00:00Z'),
    sha256: 'a'.repeat(64),
    windowId: '1',
    restart: 0,
    page: 1,
    body: JSON.stringify({ id: 'e1', auditType: 'Logon', user: '=cmd()', eventInfo: 'one,\n"two"' }),
  },
  {
    type: 'observation',
    connectionId: 'acme',
    observationId: '1',
    stream: 'policies',
    endpoint: 'url-protect',
    outcome: 'unavailable',
    observedAt: new Date('2026-11-01T00:00:00Z'),
    droppedFields: ['passphrase'],
  },
];

function storeOf(records: readonly StoredEvaluation[]): EvidenceStore {
  const store = {
    connections: { read: () => Promise.resolve(ROW) },
    evaluations: readerOf(records),
    log: {
      link: () => Promise.resolve(undefined),
      async *entries() {
        yield* await Promise.resolve([]);
      },
    },
    observations: { cited: () => Promise.resolve([]) },
    completeness: { of: () => Promise.resolve(undefined) },
    statistics: { daily: () => Promise.resolve([]) },
    async *drift() {
      yield* await Promise.resolve([]);
    },
    async *export(_: string, { what = ['events', 'observations'] } = {}) {
      for (const record of EVIDENCE) if (what.includes(`${record.type}s`)) yield await Promise.resolve(record);
    },
  };
  // Only what exports and reports ask for is there; the rest must not be called.
  return store as unknown as EvidenceStore;
}

const RECORDS = [
  evaluationWith('2026-11-21T02:10:00.000Z', 1, { 'archiving-on': 'fail' }),
  evaluationWith('2026-11-22T02:10:00.000Z', 2, { 'archiving-on': 'fail' }),
  evaluation({ sequence: 3 }),
];

async function run(argv: readonly string[], records: readonly StoredEvaluation[] = RECORDS) {
  const terminal = new RecordedTerminal();
  const services: Services = {
    connections: () => Promise.reject(new Error('Temporal is not asked.')),
    evidence: () => Promise.resolve(storeOf(records)),
    close: () => Promise.resolve(),
  };
  const exitCode = await runCommandLine(argv, {
    terminal,
    signal: new AbortController().signal,
    services: () => services,
  });
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('what does not go together is refused, with what does', () => {
  test.each([
    [['--what', 'events', '--format', 'ocsf'], 'invalid'],
    [['--what', 'all', '--format', 'csv'], '--what events or --what observations'],
    [['--what', 'evidence', '--at', '2026-11-01'], '--from and --to'],
    [['--what', 'events', '--names'], 'Leave it out'],
    [['--format', 'oscal', '--from', '2026-11-01'], 'jsonl, csv and ocsf'],
    [['--format', 'action-plan', '--to', '2026-11-01'], '--at'],
    [['--at', '2026-11-01', '--from', '2026-10-01', '--what', 'verdicts'], 'one or the other'],
    [['--format', 'csv', '--json'], 'Leave out one'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], 'Exchange'],
  ])('%j', async (options, words) => {
    const { exitCode, stdout, stderr } = await run(['export', 'acme', ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error .+\nnext {2}.+\n$/);
    if (words !== 'invalid') expect(stderr + stdout).toContain(words);
  });

  test('everything else is taken', () => {
    const taken = FORMATS.flatMap((format) =>
      [undefined, ...SUBJECTS]
        .filter((what) => {
          try {
            planExport({ format, ...(what && { what }) } satisfies ExportChoice, false);
            return true;
          } catch {
            return false;
          }
        })
        .map((what) => `${format} ${what ?? '-'}`),
    );
    expect(taken).toEqual([
      'jsonl -',
      'jsonl events',
      'jsonl observations',
      'jsonl evidence',
      'jsonl all',
      'jsonl bundle',
      'jsonl verdicts',
      'csv -',
      'csv events',
      'csv observations',
      'csv verdicts',
      'action-plan -',
      'action-plan verdicts',
      'ocsf -',
      'ocsf verdicts',
      'oscal -',
      'oscal verdicts',
    ]);
  });
});

describe('verdicts', () => {
  test('as lines: every control of the latest record once, with since when', async () => {
    const lines = linesOf((await run(['export', 'acme', '--what', 'verdicts'])).stdout) as {
      id: string;
      since: string;
      sequence: number;
    }[];
    expect(lines.map(({ id }) => id)).toEqual(CONTROL_IDS);
    expect(lines.find(({ id }) => id === 'archiving-on')).toMatchObject({
      verdict: 'pass',
      since: '2026-11-23T02:10:00.000Z',
    });
    expect(lines.find(({ id }) => id === 'archive-retention')).toMatchObject({ since: '2026-11-21T02:10:00.000Z' });
  });

  test('as CSV: a header and every control once', async () => {
    const { stdout } = await run(['export', 'acme', '--format', 'csv']);
    expect(stdout.split('\r\n')[0]).toMatch(/^connection,account,evaluated_at,record,control,/);
    for (const id of CONTROL_IDS) expect(stdout.split(`,${id},`)).toHaveLength(2);
  });

  test('as an action plan: what fails before what is unknown, the graver first, with what to do', async () => {
    const { stdout } = await run(['export', 'acme', '--format', 'action-plan']);
    const rows = stdout.split('\r\n').slice(1, -1);
    expect(rows.map((row) => row.split(',').slice(1, 4).join(' '))).toEqual([
      'high fail archive-retention',
      'high fail content-examination-outbound',
      'info fail api-generation',
      'high unknown audit-evidence',
      'high unknown url-protection-policy',
      'medium unknown attachment-management-policy',
      'low unknown blocked-senders-policy',
    ]);
    expect(rows[0]).toContain('accepted-risk,withheld,2027-01-31T00:00:00.000Z');
    expect(rows[0]).toContain('temporal-mimecast posture acme --explain archive-retention');
  });

  test('as OCSF: one finding a line, or one array; of a range, those of all its records', async () => {
    expect(linesOf((await run(['export', 'acme', '--format', 'ocsf'])).stdout)).toHaveLength(CONTROL_IDS.length);
    expect(JSON.parse((await run(['export', 'acme', '--format', 'ocsf', '--json'])).stdout)).toHaveLength(
      CONTROL_IDS.length,
    );
    const range = linesOf((await run(['export', 'acme', '--format', 'ocsf', '--from', '2026-11-22'])).stdout);
    expect(range).toHaveLength(2 * CONTROL_IDS.length);
    // The first record of the range is not the first of the connection.
    expect(range[0]).toMatchObject({ activity_id: 2 });
  });

  test('as OSCAL: one document of the record at a moment', async () => {
    const { stdout } = await run(['export', 'acme', '--format', 'oscal', '--at', '2026-11-22T12:00Z']);
    expect(JSON.parse(stdout)).toMatchObject({ 'assessment-results': { metadata: { version: '2' } } });
  });

  test.each(FORMATS)('%s gives the same bytes again, and names only when they are asked for', async (format) => {
    const argv = ['export', 'acme', '--what', 'verdicts', '--format', format];
    const { stdout } = await run(argv);
    expect((await run(argv)).stdout).toBe(stdout);
    expect(stdout).not.toContain(OWNER);
    if (format !== 'csv') expect((await run([...argv, '--names'])).stdout).toContain(OWNER);
  });

  test.each(FORMATS)('%s of nothing is a bad answer that says what to do', async (format) => {
    const ran = await run(['export', 'acme', '--what', 'verdicts', '--format', format], []);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ran.stderr).toContain('Nothing has been evaluated for acme yet.');
  });
});

describe('evidence as CSV', () => {
  test('events, with their fields, and nothing that a spreadsheet would compute', async () => {
    const { stdout } = await run(['export', 'acme', '--what', 'events', '--format', 'csv']);
    expect(stdout).toContain(`acme,2026-11-01T00:00:00.000Z,e1,Logon,,'=cmd(),"one,\n""two""",`);
    expect(stdout).not.toContain('unavailable');
  });

  test('observations', async () => {
    const { stdout } = await run(['export', 'acme', '--what', 'observations', '--format', 'csv']);
    expect(stdout.split('\r\n')[1]).toBe(
      'acme,2026-11-01T00:00:00.000Z,1,policies,url-protect,unavailable,,,passphrase,,,,,,,',
    );
  });
});

describe('report', () => {
  test('goes to stdout, and is of the record that stood then', async () => {
    const { exitCode, stdout } = await run(['report', 'acme', '--at', '2026-11-22T12:00Z']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>/);
    expect(stdout).toContain('record 2');
    expect((await run(['report', 'acme', '--at', '2026-11-22T12:00Z'])).stdout).toBe(stdout);
  });

  test('to a file is readable by its owner only', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mimecast-report-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'acme.html');
    expect((await run(['report', 'acme', '--out', file])).exitCode).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('of a connection about which nothing was evaluated says so', async () => {
    const { exitCode, stdout } = await run(['report', 'acme'], []);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing had been evaluated');
  });

  test.each([
    [['--at', '2026-11-01', '--to', '2026-11-02']],
    [['--json']],
    [['--from', '2026-12-01']],
    [['--from', '2026-11-02', '--to', '2026-11-01']],
    [['--out', '/nonexistent/folder/report.html']],
  ])('%j is refused', async (options) => {
    expect(await run(['report', 'acme', ...options])).toMatchObject({ exitCode: 2 });
  });
});
