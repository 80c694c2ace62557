import { expect, test } from 'vitest';
import { createBatchBudget } from '../../../../activities/collect/batch-budget.js';

const START = Date.parse('2026-11-23T06:00:00Z');

function pagesGranted(now: () => Date, stopping: () => boolean): number {
  const budget = createBatchBudget(now, stopping);
  let pages = 0;
  while (budget.spendPage()) pages += 1;
  // Once spent it stays so.
  expect(budget.spendPage()).toBe(false);
  return pages;
}

test('a batch ends after 200 pages', () => {
  expect(
    pagesGranted(
      () => new Date(START),
      () => false,
    ),
  ).toBe(200);
});

test.each([
  [1_000, 120],
  [30_000, 4],
  [600_000, 1],
])('a batch whose pages take %d ms each ends after two minutes: %d pages', (pageMs, pages) => {
  let at = START - pageMs;
  expect(
    pagesGranted(
      () => new Date((at += pageMs)),
      () => false,
    ),
  ).toBe(pages);
});

test('a worker that stops ends the batch after the page at hand', () => {
  let asked = 0;
  expect(
    pagesGranted(
      () => new Date(START),
      () => ++asked > 3,
    ),
  ).toBe(4);
});

test('every batch is granted a page, or a poll would come no further while a worker is stopping', () => {
  expect(
    pagesGranted(
      () => new Date(START),
      () => true,
    ),
  ).toBe(1);
});
