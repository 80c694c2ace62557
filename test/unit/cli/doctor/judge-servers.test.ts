import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  judgePostgresClock,
  judgeSkew,
  judgeTemporalClock,
  skewByWorkers,
  skewOf,
} from '../../../../cli/doctor/clocks.js';
import type { Finding } from '../../../../cli/doctor/finding.js';
import { judgePostgres } from '../../../../cli/doctor/judge-postgres.js';
import { judgeTemporal } from '../../../../cli/doctor/judge-temporal.js';
import type { SeenPoller, SeenWorkers } from '../../../../worker/pollers.js';
import { judgeNode, judgeTemporalCli } from '../../../../cli/doctor/machine.js';
import { judgeKeyring, judgeOpening, lookAtKeyring } from '../../../../cli/doctor/keyring.js';
import { judgeTest } from '../../../../cli/doctor/test-connections.js';
import type { ConnectionTest } from '../../../../contract/reports.js';
import { createKeyring, sealingKey, writeNewKeyring, writeSealingKey } from '../../../../vault/keyring.js';
import { NOON } from '../../../support/cli/doctor-cases.js';

const secondsAgo = (seconds: number): Date => new Date(NOON.getTime() - seconds * 1000);
const trouble = { code: 'no-answer', message: 'There was no answer within 5 s.' };

test.each([
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['24.0.0', 'ok'],
  ['20.18.9', 'failure'],
  ['18.99.0', 'failure'],
])('Node %s, where 20.19.0 is needed', (version, verdict) => {
  expect(judgeNode(version, '>=20.19.0').verdict).toBe(verdict);
});

test('the Temporal CLI is for information, there or not', () => {
  expect(judgeTemporalCli(undefined).verdict).toBe('ok');
  expect(judgeTemporalCli({ path: '/usr/bin/temporal', version: '1.9.1' }).found).toContain('1.9.1');
});

describe('workers', () => {
  const poller = (changes: Partial<SeenPoller> = {}): SeenPoller => ({
    identity: '7@host',
    lastHeardOf: secondsAgo(20),
    ...changes,
  });
  const judged = (workers: Partial<SeenWorkers>): Finding | undefined => {
    const seen = { workflow: [poller()], activity: [poller()], ...workers };
    const inside = { namespace: { seen: {} }, searchAttributes: { seen: { missing: [] } }, workers: { seen } };
    const settings = {
      temporal: { address: 'host:7233', namespace: 'default', connectionOptions: {} },
      taskQueue: 'q',
    };
    return judgeTemporal({ server: { seen: { version: '1.32.0' } }, inside }, settings, NOON).find(
      ({ check }) => check === 'workers',
    );
  };
  const both = (...pollers: SeenPoller[]): SeenWorkers => ({ workflow: pollers, activity: pollers });

  test.each<[string, Partial<SeenWorkers>, Finding['verdict'], string]>([
    ['poll for everything', {}, 'ok', 'task queue "q" is polled by 1 for workflows, 1 for activities: 7@host'],
    ['were never there', both(), 'failure', 'no worker polls task queue "q"'],
    ['fell silent', both(poller({ lastHeardOf: secondsAgo(91) })), 'failure', ', the last one until 11:58 UTC'],
    ['said that they stop', both(poller({ stoppedAt: secondsAgo(19) })), 'failure', 'no worker polls'],
    ['stopped and came back', both(poller({ stoppedAt: secondsAgo(60) })), 'ok', 'by 1 for workflows'],
    ['poll for workflows alone', { activity: [] }, 'failure', 'polled for workflows and not for activities'],
    ['poll for activities alone', { workflow: [] }, 'failure', 'polled for activities and not for workflows'],
    [
      'are many',
      both(...[1, 2, 3, 4, 5, 6, 7].map((pid) => poller({ identity: `${pid}@host` }))),
      'ok',
      '5@host, and 2 more',
    ],
    [
      'have builds',
      both(poller({ build: `@temporalio/worker@1.24.0+${'7a9d2618'.repeat(8)}` })),
      'ok',
      '7@host (@temporalio/worker@1.24.0+7a9d2618)',
    ],
  ])('%s', (_, workers, verdict, found) => {
    const finding = judged(workers);
    expect(finding?.verdict).toBe(verdict);
    expect(finding?.found).toContain(found);
  });
});

describe('Postgres', () => {
  const server = {
    where: 'host:5432',
    version: '18.1',
    versionNumber: 180_001,
    at: NOON,
    skew: { leastMs: 0, mostMs: 1 },
  };
  const schema = { migrations: { seen: { pending: [] } }, namespace: { seen: 'default' } };
  const findingOf = (check: string, seen: object, asked: object = schema): Finding | undefined =>
    judgePostgres({ server: { seen: { ...server, ...seen } }, schema: { ...schema, ...asked } }, 'default').find(
      (finding) => finding.check === check,
    );

  test.each([
    [130_022, 'failure'],
    [140_000, 'ok'],
  ])('version number %d', (versionNumber, verdict) => {
    expect(findingOf('version', { versionNumber })?.verdict).toBe(verdict);
  });

  test.each<[string, object, Finding['verdict']]>([
    ['ours', { namespace: { seen: 'default' } }, 'ok'],
    ['nobody’s yet', { namespace: { seen: undefined } }, 'ok'],
    ['another’s', { namespace: { seen: 'other' } }, 'failure'],
    ['unknown, because the question failed', { namespace: { trouble } }, 'skipped'],
  ])('the namespace is %s', (_, asked, verdict) => {
    expect(findingOf('namespace', {}, asked)?.verdict).toBe(verdict);
  });

  test('migrations that could not be asked for are skipped', () => {
    expect(findingOf('migrations', {}, { migrations: { trouble } })?.verdict).toBe('skipped');
  });
});

describe('clocks', () => {
  const CLOCKS = { check: 'postgres', mine: 'mine', theirs: 'theirs' };
  const verdictAt = (aheadSeconds: number): Finding =>
    judgeSkew(CLOCKS, { leastMs: aheadSeconds * 1000, mostMs: aheadSeconds * 1000 });

  test.each<[number, Finding['verdict'], string]>([
    [0, 'ok', 'mine agrees with theirs'],
    [5, 'ok', 'mine agrees with theirs'],
    [-5, 'ok', 'mine agrees with theirs'],
    [6, 'warning', 'mine is 6 s ahead of theirs'],
    [-6, 'warning', 'mine is 6 s behind theirs'],
    [60, 'warning', '1 min ahead'],
    [61, 'failure', '1 min 1 s ahead'],
    [-432, 'failure', '7 min 12 s behind'],
  ])('ahead by %d s', (aheadSeconds, verdict, found) => {
    const finding = verdictAt(aheadSeconds);
    expect(finding.verdict).toBe(verdict);
    expect(finding.found).toContain(found);
  });

  test('a slow answer is no skew: the clock was read somewhere between question and answer', () => {
    const skew = skewOf(NOON, secondsAgo(4), secondsAgo(-70));
    expect(judgeSkew(CLOCKS, skew).verdict).toBe('ok');
  });

  test.each<[string, number, Finding['verdict']]>([
    ['a moment ago', 3, 'ok'],
    ['a while ago', 250, 'ok'],
    ['ten seconds from now', -10, 'warning'],
    ['two minutes from now', -120, 'failure'],
    ['longer ago than it would remember, by ten seconds', 310, 'warning'],
    ['longer ago than it would remember, by two minutes', 420, 'failure'],
  ])('Temporal last heard of a worker %s', (_, seconds, verdict) => {
    expect(judgeTemporalClock(secondsAgo(seconds), NOON).verdict).toBe(verdict);
    expect(skewByWorkers(secondsAgo(seconds), NOON).mostMs).toBe(seconds * 1000);
  });

  test('a clock that nobody can read is skipped', () => {
    expect(judgeTemporalClock(undefined, NOON).verdict).toBe('skipped');
    expect(judgePostgresClock({ trouble }).verdict).toBe('skipped');
  });
});

describe('the ring', () => {
  test('may be elsewhere: then it is looked at there', () => {
    const seen = [
      judgeKeyring({ kind: 'none' }),
      judgeKeyring({ kind: 'public-key', file: '/etc/ring.public.json' }),
    ].flat();
    expect(seen.map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped']);
    expect(seen.every(({ nextStep }) => nextStep?.includes('where a worker runs'))).toBe(true);
  });

  test('that other accounts can read fails, with the command that closes it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-ring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'ring.json');
    await writeNewKeyring(file);
    expect(judgeKeyring(await lookAtKeyring(file)).map(({ check, verdict }) => `${verdict} ${check}`)).toEqual([
      'ok file',
      'ok mode',
    ]);
    await chmod(file, 0o644);
    expect(judgeKeyring(await lookAtKeyring(file))).toMatchObject([
      {
        check: 'mode',
        verdict: 'failure',
        found: `Other accounts can read ${file} (mode 0644).`,
        nextStep: `Run: chmod 600 ${file}`,
      },
    ]);
  });

  test('fails for a public key that other accounts can change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-ring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'ring.public.json');
    await writeSealingKey(file, sealingKey(await createKeyring()));
    expect(judgeKeyring(await lookAtKeyring(file))).toMatchObject([{ check: 'file', verdict: 'skipped' }]);
    await chmod(file, 0o666);
    expect(judgeKeyring(await lookAtKeyring(file))).toMatchObject([
      { check: 'mode', verdict: 'failure', found: `Other accounts can change ${file} (mode 0666).` },
    ]);
  });

  test('names every version that it cannot open, with its kid and never a key', () => {
    const keys = { connectionId: 'acme', version: 3, state: 'active', kid: '2026-06' } as const;
    expect(judgeOpening(1, [{ keys }], '/etc/ring.json')).toEqual([
      {
        group: 'ring',
        check: 'keys',
        subject: 'acme',
        verdict: 'failure',
        found: 'keys v3 (active), sealed for kid 2026-06: not in this ring',
        nextStep: 'Add key 2026-06 to /etc/ring.json, or: temporal-mimecast rotate acme',
      },
    ]);
    expect(judgeOpening(2, [], '/etc/ring.json')[0]?.found).toBe('opens all 2 versions of saved keys');
  });
});

describe('a call to Mimecast', () => {
  const report: ConnectionTest = {
    connectionId: 'acme',
    ok: true,
    authentication: 'accepted',
    apiVersion: '1.0',
    baseUrl: 'https://eu-api.mimecast.com',
    endpoints: [{ stream: 'policies', endpoint: 'url-protect', path: '/api/a', outcome: 'forbidden' }],
  };
  test('that is not well says what, and what to do', () => {
    expect(judgeTest('acme', { seen: report }).verdict).toBe('ok');
    expect(judgeTest('acme', { seen: { ...report, ok: false, action: 'grant it' } })).toMatchObject({
      verdict: 'failure',
      found: 'https://eu-api.mimecast.com: keys accepted; /api/a forbidden',
      nextStep: 'grant it',
    });
    expect(judgeTest('acme', { trouble })).toMatchObject({
      verdict: 'failure',
      nextStep: 'temporal-mimecast test acme',
    });
  });
});
