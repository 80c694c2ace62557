import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../../model/facts.js';
import {
  ACCOUNT,
  answer,
  at,
  GOOD,
  HOUR,
  judge,
  said,
  since,
  stale,
  withEndpoint,
  withItems,
  without,
} from '../../../support/posture/facts.js';

const NO_SETTINGS = withEndpoint('archive-settings', since(answer([]), 'unavailable'));
const NO_ACCOUNT = withEndpoint('account', since(answer([]), 'forbidden'));

const account = (fields: object, facts: Facts = NO_SETTINGS): Facts =>
  withItems('account', [{ ...ACCOUNT, ...fields }], facts);
const settings = (item: unknown, facts: Facts = GOOD): Facts => withItems('archive-settings', [item], facts);

describe('archiving-on', () => {
  const id = 'archiving-on';

  test.each<[string, Facts, string]>([
    ['both say on', GOOD, 'pass on'],
    ['the account says on, and nothing else can be read', NO_SETTINGS, 'pass on'],
    ['the settings say on, and the account cannot be read', settings({ archive: true }, NO_ACCOUNT), 'pass on'],
    ['by another name', settings({ enabled: true }), 'pass on'],
    [
      'the settings are stale and the account is not',
      withEndpoint('archive-settings', stale(answer([{ archive: false }]))),
      'pass on',
    ],

    ['both say off', account({ archive: false }, settings({ archiveEnabled: false })), 'fail off'],
    ['the account says off, and nothing else can be read', account({ archive: false }), 'fail off'],

    ['they disagree', account({ archive: false }, GOOD), 'unknown conflict'],
    ['they disagree the other way round', settings({ archiveEnabled: false }), 'unknown conflict'],
    ['settings that say nothing of it', settings({ journaling: true }), 'unknown shape'],
    ['settings that say it with a text', settings({ archiveEnabled: 'yes' }), 'unknown shape'],
    ['settings that say two things', settings({ archiveEnabled: true, enabled: false }), 'unknown shape'],
    ['empty settings', withItems('archive-settings', []), 'unknown shape'],
    ['several archives', withItems('archive-settings', [{ enabled: true }, { enabled: true }]), 'unknown shape'],
    ['settings that are no object', settings('on'), 'unknown shape'],
    ['an account without the flag', account({ archive: undefined }), 'unknown shape'],
    ['an account whose flag is no flag', account({ archive: 1 }), 'unknown shape'],
    ['neither can be read', withEndpoint('account', since(answer([]), 'forbidden'), NO_SETTINGS), 'unknown forbidden'],
    ['both are stale', withEndpoint('account', stale(answer([ACCOUNT])), NO_SETTINGS), 'unknown stale'],
    ['neither was read yet', { ...GOOD, endpoints: {} }, 'unknown unreadable'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('a licence for the archive says nothing', () => {
    const packages = ['Archive (Pro) [1001]', 'Journal Services [1053]'];
    expect(said(id, account({ archive: false, packages }))).toBe('fail off');
    expect(said(id, account({ archive: undefined, packages }))).toBe('unknown shape');
  });

  test('sources that disagree are both cited', () => {
    const { basis, reason } = judge(id, account({ archive: false }, GOOD));
    expect(basis.map(({ source }) => source)).toEqual(['account', 'archive-settings']);
    expect(reason).toContain('account says off, archive-settings says on');
  });

  test('is good only as long as the first of its sources', () => {
    const older = answer([{ archiveEnabled: true }]);
    const facts = withEndpoint('archive-settings', {
      ...older,
      readable: { ...older.readable, freshUntil: at(HOUR) } as NonNullable<typeof older.readable>,
    });
    expect(judge(id, facts)).toMatchObject({ freshUntil: at(HOUR).toISOString(), turnsAt: at(HOUR).toISOString() });
  });
});

describe('archive-retention', () => {
  const id = 'archive-retention';
  const needing = (retentionDays: number | undefined, facts: Facts = GOOD): Facts => ({
    ...facts,
    settings: {
      ...without(facts.settings, 'thresholds'),
      ...(retentionDays !== undefined && { thresholds: { retentionDays } }),
    },
  });

  test.each<[string, Facts, string]>([
    ['more than needed, confirmed', GOOD, 'pass long-enough'],
    ['exactly as long', needing(2555), 'pass long-enough'],
    ['the account alone', NO_SETTINGS, 'pass long-enough'],
    [
      'settings alone',
      settings({ enabled: true, maxRetention: 400, maxRetentionConfirmed: true }, NO_ACCOUNT),
      'pass long-enough',
    ],
    ['settings that say nothing of it', settings({ enabled: true }), 'pass long-enough'],

    ['a day less', needing(2556), 'fail too-short'],
    ['not confirmed', account({ maxRetentionConfirmed: false }), 'fail not-confirmed'],
    ['archiving is off', account({ archive: false }), 'fail archiving-off'],

    ['nobody said how long', needing(undefined), 'unknown threshold-not-set'],
    [
      'nobody said how long, and it is not confirmed',
      needing(undefined, account({ maxRetentionConfirmed: false })),
      'unknown threshold-not-set',
    ],
    ['zero', account({ maxRetention: 0 }), 'unknown no-value'],
    ['less than zero', account({ maxRetention: -1 }), 'unknown no-value'],
    ['half a day', account({ maxRetention: 400.5 }), 'unknown shape'],
    ['a text', account({ maxRetention: '400' }), 'unknown shape'],
    ['no value', account({ maxRetention: undefined }), 'unknown shape'],
    ['no confirmation', account({ maxRetentionConfirmed: undefined }), 'unknown shape'],
    ['settings that state another', settings({ enabled: true, maxRetention: 30 }), 'unknown conflict'],
    [
      'settings that state another confirmation',
      settings({ enabled: true, maxRetentionConfirmed: false }),
      'unknown conflict',
    ],
    ['sources that disagree about archiving', settings({ enabled: false }), 'unknown conflict'],
    ['the account is stale', withEndpoint('account', stale(answer([ACCOUNT])), NO_SETTINGS), 'unknown stale'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('says what is and what is required', () => {
    const { reason, thresholds, details, action } = judge(id, needing(3650));
    expect(reason).toBe('2555 days, confirmed; you require 3650.');
    expect(thresholds).toEqual({ retentionDays: 3650 });
    expect(details).toEqual({ maxRetentionDays: 2555 });
    expect(action).toContain('Account → Account Settings');
    expect(judge(id, needing(undefined)).action).toContain('edit acme --threshold retentionDays=');
  });
});
