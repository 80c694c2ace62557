import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../../cli/program.js';
import { applyLines, planLines } from '../../../../cli/rendering/plan.js';
import type { Connections } from '../../../../cli/reach/services.js';
import { coloursFor } from '../../../../cli/console/terminal.js';
import { MimecastApplyError, MimecastClientError, type ApplyPlan, type ApplyReport } from '../../../../client/index.js';
import { RecordedTerminal } from '../../../support/cli/recorded-terminal.js';

const PLAN: ApplyPlan = {
  connections: [
    { connectionId: 'acme', actions: [{ action: 'connect', baseUrl: 'https://eu-api.mimecast.com', again: false }] },
    {
      connectionId: 'beta-long',
      actions: [
        { action: 'resume-entity' },
        { action: 'rotate', replaces: 3 },
        {
          action: 'edit',
          changes: [
            { field: 'streams.policies.every', from: '24h', to: '12h' },
            { field: 'thresholds.retentionDays', from: 2555 },
          ],
        },
      ],
    },
    { connectionId: 'gamma', actions: [], notes: ['Its keys are refused, and the document holds the same ones.'] },
    { connectionId: 'zeta', actions: [{ action: 'disconnect' }] },
    { connectionId: 'zz', actions: [] },
  ],
  unmanaged: ['other'],
};
const REPORT: ApplyReport = {
  ok: false,
  dryRun: false,
  plan: PLAN,
  results: [
    { connectionId: 'acme', action: 'connect', ok: true },
    { connectionId: 'beta-long', action: 'rotate', ok: false, reason: 'Mimecast refused the keys.' },
  ],
};
const PLAIN = coloursFor({}, {});

test('a plan reads like a list of what will happen', () => {
  expect(planLines(PLAN, PLAIN).join('\n')).toBe(
    [
      '+ acme       connect  https://eu-api.mimecast.com',
      '! beta-long  start its workflow again, which is missing',
      '~ beta-long  rotate  new keys in place of v3',
      '~ beta-long  edit',
      '               streams.policies.every  24h → 12h',
      '               thresholds.retentionDays  2555 → usual',
      '  gamma      note: Its keys are refused, and the document holds the same ones.',
      '- zeta       disconnect  in no file; destroys its keys, keeps its evidence',
      '',
      'Plan: 1 to connect, 1 to start again, 1 to rotate, 1 to edit, 1 to disconnect, 2 unchanged.',
      'In no file, and left alone: other. --prune would disconnect it.',
    ].join('\n'),
  );
  expect(planLines({ connections: [{ connectionId: 'a', actions: [] }], unmanaged: [] }, PLAIN)).toEqual([
    'Nothing to do: 1 connection is as in the files.',
  ]);
});

test('of what was done it says how much, and of what failed why', () => {
  expect(applyLines(REPORT, PLAIN)).toEqual([
    '',
    'beta-long  rotate FAILED: Mimecast refused the keys.',
    '',
    '1 done, 1 failed.',
  ]);
  expect(applyLines({ ...REPORT, dryRun: true }, PLAIN)).toEqual(['Dry run: nothing was changed.']);
  expect(applyLines({ ...REPORT, plan: { connections: [], unmanaged: [] } }, PLAIN)).toEqual([]);
});

describe('the command', () => {
  let file: string;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mimecast-apply-'));
    file = path.join(folder, 'connections.yaml');
    await writeFile(
      file,
      'connections:\n  acme:\n    baseUrl: https://eu-api.mimecast.com\n    expectedAccount: CUK12A9\n',
    );
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function run(argv: readonly string[], apply: Connections['apply'], signal = new AbortController().signal) {
    const terminal = new RecordedTerminal();
    const exitCode = await runCommandLine(['apply', '-f', file, ...argv], {
      terminal,
      signal,
      services: () => ({
        connections: () => Promise.resolve({ apply } as Connections),
        evidence: () => Promise.reject(new Error('This command needs no database.')),
        close: () => Promise.resolve(),
      }),
    });
    return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  }

  const applies =
    (report: ApplyReport): Connections['apply'] =>
    (_, options) => {
      options?.onPlan?.(report.plan);
      for (const result of report.results) options?.onResult?.(result);
      return Promise.resolve(report);
    };

  test('shows the plan, does it, and judges the results', async () => {
    const sent: unknown[] = [];
    const { exitCode, stdout, stderr } = await run(
      ['--prune', '--prune-limit', '3', '--only', 'acme'],
      (...request) => {
        sent.push(request);
        return applies(REPORT)(...request);
      },
    );
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toBe([...planLines(PLAN, PLAIN), ...applyLines(REPORT, PLAIN), ''].join('\n'));
    expect(sent).toMatchObject([
      [[{ connections: { acme: { expectedAccount: 'CUK12A9' } } }], { prune: true, pruneLimit: 3, only: ['acme'] }],
    ]);
    expect((await run([], applies({ ...REPORT, ok: true }))).exitCode).toBe(0);
  });

  test('prints one document with --json', async () => {
    const { exitCode, stdout } = await run(['--json'], applies(REPORT));
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual(REPORT);
  });

  test('tells a fault that only shows beside what is there with its line', async () => {
    const problem = { document: 0, path: ['connections', 'acme', 'expectedAccount'], message: 'is CUK12A9, but …' };
    const refuse = () => Promise.reject(new MimecastApplyError([problem]));
    const { exitCode, stdout, stderr } = await run(['--json'], refuse);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${file}:4: acme.expectedAccount is CUK12A9, but …\n`);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'invalid-file', faults: [{ file, line: 4, field: 'acme.expectedAccount' }] },
    });
  });

  test('refuses to disconnect more than was said, after it has shown what', async () => {
    const { exitCode, stdout } = await run([], (_, options) => {
      options?.onPlan?.(PLAN);
      return Promise.reject(new MimecastClientError('prune-limit', 'Too many: zeta.', 'Raise the limit.'));
    });
    expect(exitCode).toBe(2);
    expect(stdout).toContain('- zeta');
  });

  test('ends with what is going when it is interrupted, and says that there is a rest', async () => {
    const interruption = new AbortController();
    const { exitCode, stdout, stderr } = await run(
      [],
      (documents, options) => {
        options?.onPlan?.(PLAN);
        interruption.abort();
        return applies({ ...REPORT, interrupted: true })(documents, {});
      },
      interruption.signal,
    );
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Ctrl-C again ends at once');
    expect(stdout).toContain('Interrupted: apply again for the rest.');
  });

  test('and ends at once while there is no plan yet', async () => {
    const interruption = new AbortController();
    const { exitCode } = await run(
      [],
      () => {
        interruption.abort();
        return new Promise<never>(() => undefined);
      },
      interruption.signal,
    );
    expect(exitCode).toBe(130);
  });

  test.each([
    ['--prune-limit', 'many'],
    ['--concurrency', '0'],
    ['--only', 'Acme!'],
    ['-f', '/nonexistent.yaml'],
  ])('refuses %s %s', async (...argv) => {
    expect((await run(argv, () => Promise.reject(new Error('not called')))).exitCode).toBe(2);
  });
});
