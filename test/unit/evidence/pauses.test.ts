import { expect, test } from 'vitest';
import type { StreamPause } from '../../../evidence/connection.js';
import { pauseForRefusedKeys, withoutRefusedKeys } from '../../../evidence/pauses.js';
import { SETTINGS } from '../../evidence.js';

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
