import { describe, expect, test } from 'vitest';
import { Output } from '../../../cli/console/output.js';
import { upgradeLines, upgradeProgress } from '../../../cli/rendering/upgrade.js';
import type { RestartedConnection, UpgradeReport } from '../../../worker/index.js';
import { RecordedTerminal } from '../../support/cli/recorded-terminal.js';

const restarted = (changes: Partial<RestartedConnection> = {}): RestartedConnection => ({
  connectionId: 'acme',
  polls: [],
  backfill: false,
  rotations: 0,
  lostUpdates: [],
  ...changes,
});

describe('what migrate says when it is done', () => {
  test.each<[string, Partial<UpgradeReport>, string[]]>([
    ['nothing was to be done', {}, ['The database is up to date.']],
    ['migrations alone', { applied: ['0009-more'] }, ['applied 0009-more']],
    [
      'one connection',
      { applied: ['0008-upgrade'], restarted: [restarted()] },
      ['applied 0008-upgrade', 'Restarted 1 connection. Start the workers of this release.'],
    ],
    [
      'connections with something under way',
      {
        namespace: { name: 'production', id: 'id-2', adopted: true },
        restarted: [
          restarted({ polls: ['policies', 'account'], backfill: true }),
          restarted({ connectionId: 'beta', rotations: 1, lostUpdates: ['pause'] }),
        ],
      },
      [
        'The database now belongs to namespace production.',
        'Restarted 2 connections, with 2 polls, 1 backfill, 1 announced rotation under way. Start the workers of this release.',
        'beta: the request "pause" was not completed, and its sender got an error. Send it again.',
      ],
    ],
    [
      'a workflow that nobody knows',
      { applied: ['0008-upgrade'], withoutRow: ['mimecast/stray'] },
      [
        'applied 0008-upgrade',
        'mimecast/stray runs without a row in the database and was left alone. To end it: temporal workflow terminate --workflow-id mimecast/stray',
      ],
    ],
  ])('%s', (_, report, lines) => {
    expect(upgradeLines({ applied: [], restarted: [], withoutRow: [], ...report })).toEqual(lines);
  });
});

test('where stderr is no terminal, progress is a line now and then, and whom it waits for is told once', () => {
  const terminal = new RecordedTerminal({});
  let atMs = 0;
  const { show } = upgradeProgress(new Output(terminal, { json: false, debug: false }), () => atMs);
  for (let second = 0; second < 5; second += 1) show({ step: 'waiting', done: 0, total: 0, workers: ['7@host'] });
  for (let done = 1; done <= 25; done += 1) {
    atMs = done * 1000;
    show({ step: 'marked', connectionId: `c-${done}`, done, total: 25 });
    show({ step: 'polls-ended', connectionId: `c-${done}`, done, total: 25 });
  }
  expect(terminal.stderr.text.split('\n')).toEqual([
    'Waiting for workers to stop: 7@host',
    'Restarted 10 of 25 connections.',
    'Restarted 20 of 25 connections.',
    '',
  ]);
});
