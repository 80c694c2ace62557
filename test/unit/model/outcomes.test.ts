import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EndpointOutcome } from '../../../model/outcomes.js';
import { streamOutcome } from '../../../model/outcomes.js';

const OUTCOMES = ['collected', 'empty', 'unavailable', 'forbidden', 'failed'] as const;

test.each<[readonly EndpointOutcome[], string]>([
  [['collected', 'collected'], 'collected'],
  [['collected', 'empty'], 'collected'],
  [['empty', 'empty'], 'empty'],
  [['collected', 'unavailable'], 'collected'],
  [['empty', 'unavailable'], 'empty'],
  [['unavailable', 'unavailable'], 'unavailable'],
  [['forbidden', 'forbidden'], 'forbidden'],
  [['failed', 'failed'], 'failed'],
  [['failed', 'forbidden'], 'failed'],
  [['collected', 'forbidden'], 'partial'],
  [['empty', 'failed'], 'partial'],
  [['unavailable', 'failed'], 'partial'],
])('%j is %s', (outcomes, outcome) => {
  expect(streamOutcome(outcomes)).toBe(outcome);
});

const anyOutcomes = fc.array(fc.constantFrom(...OUTCOMES), { minLength: 1, maxLength: 6 });

test('one endpoint alone is what the stream is', () => {
  for (const outcome of OUTCOMES) expect(streamOutcome([outcome])).toBe(outcome);
});

test('the order of the endpoints and their number do not matter', () => {
  fc.assert(
    fc.property(anyOutcomes, (outcomes) => {
      expect(streamOutcome([...outcomes].reverse())).toBe(streamOutcome(outcomes));
      expect(streamOutcome([...outcomes, ...outcomes])).toBe(streamOutcome(outcomes));
    }),
  );
});

test('what could not be read is never taken for empty, nor for all there is', () => {
  fc.assert(
    fc.property(anyOutcomes, fc.constantFrom('failed' as const, 'forbidden' as const), (outcomes, unread) => {
      expect(['partial', 'failed', 'forbidden']).toContain(streamOutcome([...outcomes, unread]));
    }),
  );
});
