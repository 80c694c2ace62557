import { describe, expect, test } from 'vitest';
import { selected } from '../../../../cli/doctor/examine-connections.js';
import { exitCodeOf, findingsOn, type Finding } from '../../../../cli/doctor/finding.js';
import { look } from '../../../../cli/doctor/look.js';
import { findingLines } from '../../../../cli/rendering/findings.js';
import { coloursFor } from '../../../../cli/console/terminal.js';

const [temporal, postgres] = [findingsOn('temporal'), findingsOn('postgres')];
const acme = findingsOn('connections', 'acme');
const beta = findingsOn('connections', 'beta/policies');

describe('the exit code', () => {
  const noTemporal = temporal.failure('reachable', 'gone', 'start it');
  const noPostgres = postgres.failure('reachable', 'gone', 'start it');
  test.each<[string, Finding[], number]>([
    ['all is well', [temporal.ok('reachable', 'there')], 0],
    ['there are warnings alone', [acme.warning('key-age', 'old', 'rotate'), acme.skipped('workflow', 'no time')], 0],
    ['something failed', [acme.failure('state', 'refused', 'rotate')], 1],
    ['Temporal is gone', [noTemporal], 1],
    ['Postgres is gone', [noPostgres], 1],
    ['both are gone', [noTemporal, noPostgres], 3],
  ])('when %s', (_, findings, exitCode) => {
    expect(exitCodeOf(findings)).toBe(exitCode);
  });
});

describe('of connections are shown', () => {
  const findings = [
    acme.ok('state', 'connected'),
    acme.ok('workflow', 'running'),
    beta.warning('schedule', 'paused', 'resume'),
    beta.ok('polls', 'fine'),
  ];
  test('only those that need somebody, and a count', () => {
    expect(selected(findings, 3, false).map(({ check, found }) => [check, found])).toEqual([
      ['count', '2 of 3 need nobody'],
      ['schedule', 'paused'],
    ]);
  });
  test('all, when that is asked for', () => {
    expect(selected(findings, 3, true)).toHaveLength(5);
  });
  test.each([
    [0, 'no connections yet'],
    [2, '2 of 2 need nobody'],
  ])('none of %d', (total, found) => {
    expect(selected([], total, false).map((finding) => finding.found)).toEqual([found]);
  });
});

test('people read a line a check, in groups, with the next step under what is wrong', () => {
  const findings = [
    temporal.ok('reachable', 'Temporal 1.32.0 at host:7233 answers'),
    temporal.failure('workers', 'no worker polls task queue "mimecast"', 'Start one: temporal-mimecast worker'),
    beta.warning('schedule', 'paused in Temporal: freeze', 'temporal-mimecast resume beta policies'),
    acme.skipped('workflow', 'Temporal is not reached'),
  ];
  expect(findingLines(findings, coloursFor({}, {}))).toEqual([
    'temporal',
    'OK    reachable               Temporal 1.32.0 at host:7233 answers',
    'FAIL  workers                 no worker polls task queue "mimecast"',
    '      next  Start one: temporal-mimecast worker',
    '',
    'connections',
    'WARN  beta/policies schedule  paused in Temporal: freeze',
    '      next  temporal-mimecast resume beta policies',
    'SKIP  acme workflow           Temporal is not reached',
    '',
    '1 failed, 1 warning, 1 skipped, 1 ok',
  ]);
});

describe('a look', () => {
  test('that nothing answers ends in bounded time', async () => {
    const looked = await look(() => new Promise(() => undefined), 50);
    expect(looked).toMatchObject({ trouble: { code: 'no-answer' } });
  });
  test('that fails tells why instead of throwing, at once too', async () => {
    const fails = (): Promise<string> => {
      throw new Error('boom');
    };
    expect(await look(fails)).toMatchObject({ trouble: { message: 'Something unexpected happened: boom' } });
    expect(await look(() => Promise.resolve('here'))).toEqual({ seen: 'here' });
  });
});
