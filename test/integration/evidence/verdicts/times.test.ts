import { expect } from 'vitest';
import { evaluate } from '../../../../posture/evaluate.js';
import type { Evaluation } from '../../../../model/verdicts.js';
import { auditEvent, connect, page, takenWindow } from '../../../support/evidence.js';
import { test } from '../../../support/test.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

const DAY_MS = 86_400_000;
const IN_2099 = new Date('2099-01-01T00:00:00Z');

test.beforeEach(({ store }) => connect(store, 'acme'));

async function evaluationAt(store: EvidenceStore, at: Date): Promise<Evaluation> {
  const facts = await store.evaluations.facts('acme', at);
  if (!facts) throw new Error('There is no connection');
  return evaluate({ facts, annotations: [], cause: 'poll' });
}

test('an event that the vendor dates in the future is not the newest, and is told', async ({ store }) => {
  const newest = new Date(Date.now() - 10 * DAY_MS);
  const events = [auditEvent(1, { eventTime: newest }), auditEvent(2, { eventTime: IN_2099 })];
  await store.events.storePage(page(await takenWindow(store), 0, events));
  const facts = await store.evaluations.facts('acme');
  expect(facts).toMatchObject({ newestEventAt: newest, futureEventAt: IN_2099 });

  const made = await evaluationAt(store, new Date());
  const control = made.controls.find(({ id }) => id === 'audit-evidence');
  expect(control?.details).toMatchObject({ futureEventAt: IN_2099.toISOString() });
});

test('the time of an evaluation is the database clock, unless a moment is given', async ({ database, store }) => {
  const [{ at } = { at: new Date(0) }] = await database.query<{ at: Date }>('select clock_timestamp() as at');
  const { now } = (await store.evaluations.facts('acme')) ?? { now: new Date(0) };
  expect(now.getTime() - at.getTime()).toBeGreaterThanOrEqual(0);
  expect(now.getTime() - at.getTime()).toBeLessThan(60_000);
});

test('a record that a wrong clock dated in the future does not stay the newest', async ({ store }) => {
  const pinned = await store.evaluations.record(await evaluationAt(store, IN_2099));
  const right = await store.evaluations.record(await evaluationAt(store, new Date()));
  expect(right.sequence).toBeGreaterThan(pinned.sequence);
  expect(await store.evaluations.latest('acme')).toEqual(right);
  expect(await store.evaluations.headline('acme')).toMatchObject({ sequence: right.sequence, at: right.at });
  const listed: number[] = [];
  for await (const { sequence } of store.evaluations.list('acme')) listed.push(sequence);
  expect(listed).toEqual([pinned.sequence, right.sequence]);
});

test('a poll that a wrong clock dated in the future keeps no stream fresh', async ({ database, store }) => {
  const poll = { connectionId: 'acme', stream: 'policies', outcome: 'collected', workflowId: 'w' } as const;
  const times = { startedAt: IN_2099, finishedAt: IN_2099 };
  await store.polls.record({ ...poll, ...times, runId: 'ahead' });
  expect((await store.evaluations.facts('acme'))?.streams.policies).not.toHaveProperty('lastGoodAt');
  const finishedAt = new Date(Date.now() - DAY_MS);
  await store.polls.record({ ...poll, startedAt: finishedAt, finishedAt, runId: 'right' });
  expect((await store.evaluations.facts('acme'))?.streams.policies).toMatchObject({ lastGoodAt: finishedAt });
  expect(await database.query('select 1 from mimecast.polls')).toHaveLength(2);
});
