import { describe, expect, test } from 'vitest';
import { findingsOn } from '../../../../cli/doctor/finding.js';
import { namingOddClock, oddClock, type ComparedClock } from '../../../../cli/doctor/odd-clock.js';

/** Clocks by how many seconds they are ahead of this machine's, exactly, or between two limits. */
const clocks = (ahead: Readonly<Record<string, number | readonly [number, number]>>): ComparedClock[] =>
  Object.entries(ahead).map(([machine, seconds]) => {
    const [least, most] = typeof seconds === 'number' ? [seconds, seconds] : seconds;
    return { machine, leastMs: least * 1000, mostMs: most * 1000 };
  });

describe('the odd clock', () => {
  test.each<[string, Parameters<typeof clocks>[0], ReturnType<typeof oddClock>]>([
    ['this machine', { here: 0, postgres: 432, mimecast: 433 }, { machine: 'here', aheadMs: -432_000 }],
    [
      'Postgres',
      { here: 0, temporal: [-60, 240], postgres: -432, mimecast: 1 },
      { machine: 'postgres', aheadMs: -372_000 },
    ],
    [
      'Temporal',
      { here: 0, temporal: [7000, 7300], postgres: 2, mimecast: 1 },
      { machine: 'temporal', aheadMs: 6_998_000 },
    ],
    [
      'Mimecast',
      { here: 0, temporal: [-60, 240], postgres: 2, mimecast: 4000 },
      { machine: 'mimecast', aheadMs: 3_760_000 },
    ],
    ['none: all agree', { here: 0, temporal: [-60, 240], postgres: 3, mimecast: -1 }, undefined],
    ['none: two against two', { here: 0, postgres: 600, mimecast: 601, temporal: [-10, 10] }, undefined],
    ['none: only two are known', { here: 0, postgres: 600 }, undefined],
  ])('is %s', (_, ahead, odd) => {
    expect(oddClock(clocks(ahead))).toEqual(odd);
  });

  test('is named where clocks differ, and nowhere else', () => {
    const about = findingsOn('clock');
    const findings = [about.ok('temporal', 'agrees'), about.failure('postgres', 'differs', 'Check NTP.')];
    const seen = namingOddClock(findings, clocks({ 'this machine (worker-7)': 0, postgres: 432, mimecast: 432 }));
    expect(seen.map(({ nextStep }) => nextStep)).toEqual([
      undefined,
      'Check NTP on this machine (worker-7): its clock is 7 min 12 s behind the others (this machine (worker-7), postgres, mimecast).',
    ]);
    expect(namingOddClock(findings, clocks({ here: 0, postgres: 432 }))[1]?.nextStep).toContain('doctor --test');
  });
});
