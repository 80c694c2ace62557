import { expect, test } from 'vitest';
import type { StreamPause } from '../../../../model/connection.js';
import {
  operatorsNote,
  pauseByOperator,
  pauseForRefusedKeys,
  pauseNewStreams,
  withoutOperators,
  withoutRefusedKeys,
} from '../../../../evidence/connections/pauses.js';
import { SETTINGS } from '../../../support/evidence.js';

const operators: StreamPause = { by: 'operator', note: 'audit week', since: '2026-03-01T00:00:00Z' };
const refusal: StreamPause = { by: 'refused-keys', note: 'refused (v1)', since: '2026-03-02T00:00:00Z' };

test('refused keys pause every stream and leave the pauses of the operator alone', () => {
  const paused = pauseForRefusedKeys({ settings: SETTINGS, pauses: { policies: [operators] } }, refusal);
  expect(paused).toEqual({ 'audit-events': [refusal], policies: [operators, refusal] });
  expect(withoutRefusedKeys(paused)).toEqual({ policies: [operators] });
});

test('keys that are refused again keep the moment since when, and take the new note', () => {
  const paused = pauseForRefusedKeys({ settings: SETTINGS, pauses: {} }, refusal);
  const later = { ...refusal, since: '2026-03-03T00:00:00Z' };
  expect(pauseForRefusedKeys({ settings: SETTINGS, pauses: paused }, later)).toBe(paused);

  const renamed = pauseForRefusedKeys({ settings: SETTINGS, pauses: paused }, { ...later, note: 'refused (v2)' });
  expect(renamed.policies).toEqual([{ ...refusal, note: 'refused (v2)' }]);
});

test('the operator pauses and resumes single streams, and leaves the pauses by refused keys alone', () => {
  const paused = pauseByOperator({ policies: [refusal] }, ['policies', 'account'], operators);
  expect(paused).toEqual({ policies: [operators, refusal], account: [operators] });
  expect([operatorsNote(paused, 'policies'), operatorsNote(paused, 'audit-events')]).toEqual(['audit week', undefined]);

  const replaced = pauseByOperator(paused, ['policies'], { ...operators, note: 'two weeks' });
  expect(replaced).toEqual({ policies: [{ ...operators, note: 'two weeks' }, refusal], account: [operators] });
  expect(withoutOperators(replaced, ['policies'])).toEqual({ policies: [refusal], account: [operators] });
  expect(withoutOperators(replaced, ['policies', 'account'])).toEqual({ policies: [refusal] });
});

test('streams that settings add are paused when the others are for refused keys, and only then', () => {
  expect(pauseNewStreams({ policies: [operators] }, SETTINGS)).toEqual({ policies: [operators] });
  expect(pauseNewStreams({ policies: [operators, refusal] }, SETTINGS)).toEqual({
    'audit-events': [refusal],
    policies: [operators, refusal],
  });
});
