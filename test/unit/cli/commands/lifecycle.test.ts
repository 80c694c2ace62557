import { describe, expect, test } from 'vitest';
import type { Connections } from '../../../../cli/reach/services.js';
import { MimecastClientError, type ListedConnection } from '../../../../client/index.js';
import type { ResumeReport, RotationReport, SettingsReport } from '../../../../contract/reports.js';
import { defaultSettings } from '../../../../model/settings.js';
import type { Environment, Ran } from '../../../support/cli/run.js';
import { KEYS_IN_ENVIRONMENT, runAgainst } from '../../../support/cli/run-against.js';

const SETTINGS = defaultSettings('https://eu-api.mimecast.com');

const run = (
  argv: readonly string[],
  connections: Partial<Connections> = {},
  env: Environment = KEYS_IN_ENVIRONMENT,
): Promise<Ran> => runAgainst(argv, connections, { env });

/** Keeps what a method was called with, and answers. */
function recorder<Answer>(answer: Answer): {
  readonly calls: unknown[][];
  readonly call: (...args: unknown[]) => Promise<Answer>;
} {
  const calls: unknown[][] = [];
  return {
    calls,
    call: (...args) => {
      calls.push(args);
      return Promise.resolve(answer);
    },
  };
}

describe('rotate', () => {
  test.each<[RotationReport, number, RegExp]>([
    [{ connectionId: 'acme', version: 4, accepted: true }, 0, /acme: Keys v4 in use/],
    [
      { connectionId: 'acme', version: 3, accepted: true, unchanged: true },
      0,
      /v3 are in use already\. Nothing was changed/,
    ],
    [
      { connectionId: 'acme', version: 4, accepted: false, reason: 'Another account.' },
      1,
      /Keys v4 NOT TAKEN: Another account/,
    ],
    [{ connectionId: 'acme', accepted: false, reason: 'Cut off.' }, 1, /These keys NOT TAKEN: Cut off/],
  ])('%j: exit code %d', async (report, exitCode, words) => {
    const { call, calls } = recorder(report);
    const ran = await run(['rotate', 'acme', '--note', 'quarterly', '--issued-at', '2026-09-12'], { rotate: call });
    expect(ran).toMatchObject({ exitCode, stdout: expect.stringMatching(words) as string });
    expect(calls).toMatchObject([['acme', { note: 'quarterly', issuedAt: new Date('2026-09-12') }]]);
    expect(JSON.parse((await run(['rotate', 'acme', '--json'], { rotate: call })).stdout)).toEqual(report);
  });

  test('a move to API 2.0 sends the two keys and the base URL together, though the four are there as well', async () => {
    const env = { ...KEYS_IN_ENVIRONMENT, MIMECAST_CLIENT_ID: 'client-5', MIMECAST_CLIENT_SECRET: 'secret-6' };
    const { call, calls } = recorder<RotationReport>({ connectionId: 'acme', version: 2, accepted: true });
    const baseUrl = 'https://api.services.mimecast.com';
    expect(await run(['rotate', 'acme', '--base-url', `${baseUrl}/`], { rotate: call }, env)).toMatchObject({
      exitCode: 0,
    });
    expect(calls).toEqual([['acme', { credentials: { clientId: 'client-5', clientSecret: 'secret-6' }, baseUrl }]]);
    const ran = await run(['rotate', 'acme', '--base-url', 'https://example.com'], { rotate: call }, env);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not a host of Mimecast') as string });
    expect(await run(['rotate', 'acme'], { rotate: call }, env)).toMatchObject({ exitCode: 2 });
    expect(calls).toHaveLength(1);
  });

  test('keys that were issued in the future, and a sealed file that is not there, are refused before anything is sent', async () => {
    expect(await run(['rotate', 'acme', '--issued-at', '2999-01-01'])).toMatchObject({ exitCode: 2 });
    expect(await run(['rotate', 'acme', '--sealed-file', '/nonexistent/keys.jwe'])).toMatchObject({ exitCode: 2 });
  });
});

describe('edit', () => {
  test('sends what was named and nothing else, and a change that is not taken is a bad answer', async () => {
    const report: SettingsReport = {
      connectionId: 'acme',
      accepted: false,
      settings: SETTINGS,
      reason: 'Not reached.',
    };
    const { call, calls } = recorder(report);
    const argv = ['edit', 'acme', '--every', 'policies=12h', '--disable', 'account', '--path', 'url-protect='];
    const coverage = ['--coverage', 'domains=acme.example, acme.test', '--coverage', 'groups='];
    const kept = ['--retention', 'eventBodiesDays=180', '--retention', 'verdictsDays='];
    const thresholds = ['--threshold', 'retentionDays=2555'];
    const ran = await run([...argv, ...thresholds, ...coverage, ...kept], { updateSettings: call });
    expect(ran).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('NOT CHANGED: Not reached.') as string });
    expect(calls).toEqual([
      [
        'acme',
        {
          streams: { policies: { everyMs: 43_200_000 }, account: { enabled: false } },
          endpointPaths: { 'url-protect': null },
          thresholds: { retentionDays: 2555 },
          coverage: { domains: ['acme.example', 'acme.test'], groups: null },
          retention: { eventBodiesDays: 180, verdictsDays: null },
        },
      ],
    ]);
  });

  test.each([
    [['edit', 'acme']],
    [['edit', 'acme', '--threshold', 'retentionDays=0']],
    [['edit', 'acme', '--threshold', 'colour=1']],
    [['edit', 'acme', '--coverage', 'domains=acme']],
    [['edit', 'acme', '--coverage', 'persons=a@acme.example']],
    [['edit', 'acme', '--retention', 'eventBodiesDays=-1']],
    [['edit', 'acme', '--retention', 'events=1']],
    [['edit', 'acme', '--disable', 'weather']],
    [['edit', 'acme', '--path', 'url-protect=https://evil.example/']],
  ])('%j is wrong usage', async (argv) => {
    expect(await run(argv)).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('pause and resume', () => {
  const status = { connectionId: 'acme', state: 'connected', streams: [] } as const;
  const resumed: ResumeReport = {
    connectionId: 'acme',
    resumed: true,
    status: { connectionId: 'acme', state: 'connected' },
  };

  test('a pause needs a note, and names its streams', async () => {
    expect(await run(['pause', 'acme'])).toMatchObject({ exitCode: 2 });
    const { call, calls } = recorder(status);
    expect(await run(['pause', 'acme', 'policies', '--note', 'freeze'], { pause: call })).toMatchObject({
      exitCode: 0,
    });
    expect(calls).toEqual([['acme', { note: 'freeze', streams: ['policies'] }]]);
  });

  test('keys that are still refused stay paused, with the reason and exit code 1', async () => {
    const { call } = recorder({ ...resumed, resumed: false, reason: 'Mimecast refused the keys.' });
    const ran = await run(['resume', 'acme'], { resume: call });
    expect(ran).toMatchObject({ exitCode: 1, stdout: 'acme: STILL PAUSED: Mimecast refused the keys.\n' });
  });

  test('with --all and a reason, those that are paused for it are resumed, and one that fails keeps none waiting', async () => {
    const list: ListedConnection[] = [
      { connectionId: 'a', state: 'refused', pausedFor: ['keys-refused'] },
      { connectionId: 'b', state: 'connected', pausedFor: ['operator'] },
      { connectionId: 'c', state: 'refused', pausedFor: ['keys-refused', 'operator'] },
      { connectionId: 'd', state: 'connected', pausedFor: [] },
    ];
    const asked: string[] = [];
    const ran = await run(['resume', '--all', '--reason', 'keys-refused'], {
      list: () => Promise.resolve(list),
      resume: (id) => {
        asked.push(id);
        if (id === 'a') return Promise.reject(new MimecastClientError('interrupted', 'It took too long.', 'Again.'));
        return Promise.resolve({ ...resumed, connectionId: id });
      },
    });
    expect(asked).toEqual(['a', 'c']);
    expect(ran).toMatchObject({ exitCode: 1, stdout: 'a: not resumed: It took too long.\nc: resumed\n' });
  });

  test.each([[['resume']], [['resume', 'acme', '--all']], [['resume', 'acme', '--reason', 'operator']]])(
    '%j is wrong usage',
    async (argv) => {
      expect(await run(argv)).toMatchObject({ exitCode: 2, stdout: '' });
    },
  );
});
