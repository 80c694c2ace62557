import { describe, expect, test } from 'vitest';
import type { SeenPoller } from '../../../../worker/pollers.js';
import { remainingWorkers, watchWorkers, type WorkerWatch } from '../../../../worker/upgrade/worker-watch.js';

const SERVER_NOON = Date.UTC(2026, 10, 28, 12);

/** @param heardS seconds after noon, by the server's clock */
const worker = (identity: string, heardS: number, stoppedS?: number): SeenPoller => ({
  identity,
  lastHeardOf: new Date(SERVER_NOON + heardS * 1000),
  ...(stoppedS !== undefined && { stoppedAt: new Date(SERVER_NOON + stoppedS * 1000) }),
});

/** Looks at the workers at several moments. @returns who remains at the last one */
function remaining(...looks: readonly (readonly [atS: number, seen: readonly SeenPoller[]])[]): string[] {
  let watch: WorkerWatch = new Map();
  for (const [atS, seen] of looks) watch = watchWorkers(watch, seen, atS * 1000);
  return remainingWorkers(watch, (looks.at(-1)?.[0] ?? 0) * 1000);
}

describe('a worker', () => {
  test.each<[string, readonly (readonly [number, readonly SeenPoller[]])[], string[]]>([
    ['that nobody remembers is gone', [[0, []]], []],
    ['that said that it stops is gone at once', [[0, [worker('a', 0, 0.5)]]], []],
    ['that was heard of after it said so runs', [[0, [worker('a', 5, 1)]]], ['a']],
    ['that is seen for the first time may run, however long ago it was heard of', [[0, [worker('a', -280)]]], ['a']],
    [
      'that stays silent for a minute may be asking for work',
      [
        [0, [worker('a', 0)]],
        [60, [worker('a', 0)]],
      ],
      ['a'],
    ],
    [
      'that stays silent for longer was killed',
      [
        [0, [worker('a', 0)]],
        [76, [worker('a', 0)]],
      ],
      [],
    ],
    [
      'that is heard of again runs',
      [
        [0, [worker('a', 0)]],
        [60, [worker('a', 60)]],
        [119, [worker('a', 60)]],
      ],
      ['a'],
    ],
    [
      'that is silent since it was heard of again was killed',
      [
        [0, [worker('a', 0)]],
        [40, [worker('a', 40)]],
        [116, [worker('a', 40)]],
      ],
      [],
    ],
    [
      'that comes later counts',
      [
        [0, []],
        [100, [worker('b', 100)]],
      ],
      ['b'],
    ],
    [
      'that the server forgets is gone',
      [
        [0, [worker('a', 0)]],
        [30, []],
      ],
      [],
    ],
    ['that polls for both kinds of tasks is one', [[0, [worker('a', 0), worker('a', 3)]]], ['a']],
    [
      'is told from others',
      [
        [0, [worker('a', 0), worker('b', 0)]],
        [80, [worker('a', 0), worker('b', 61)]],
      ],
      ['b'],
    ],
  ])('%s', (_, looks, names) => {
    expect(remaining(...looks)).toEqual(names);
  });

  test('is judged the same however wrong this clock is', () => {
    const looks = (skewS: number) =>
      remaining([skewS, [worker('a', 0), worker('b', 0)]], [skewS + 76, [worker('a', 0), worker('b', 61)]]);
    expect(looks(0)).toEqual(looks(86_400));
    expect(looks(0)).toEqual(looks(-86_400));
  });
});
