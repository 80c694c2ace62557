import { describe, expect } from 'vitest';
import { connectionWorkflowId } from '../../../contract/ids.js';
import type { ConnectionStatus } from '../../../contract/reports.js';
import type { StoredEvaluation } from '../../../model/verdicts.js';
import { DAY_MS, MINUTE_MS, type Engine } from '../../support/engine.js';
import { test as base } from '../../support/test.js';
import { startWorkerProcess } from '../../support/worker-process.js';

const test = base.extend('engineOptions', { scope: 'file' }, { worker: 'none' } as const);

async function evaluations({ store }: Engine, id: string): Promise<StoredEvaluation[]> {
  const read: StoredEvaluation[] = [];
  for await (const evaluation of store.evaluations.list(id)) read.push(evaluation);
  return read;
}

/** Distance of a moment from the time of this process, whose clock is right, in milliseconds. */
const offBy = (moment: string): number => Math.abs(Date.parse(moment) - Date.now());

describe.each([
  ['a day ahead', DAY_MS],
  ['a day behind', -DAY_MS],
])('a worker whose wall clock is %s', (_, wallClockOffMs) => {
  test('signs, polls and judges as others do', async ({ engine, onTestFinished }) => {
    const { connections, database, simulator, store } = engine;
    await startWorkerProcess(engine, { onTestFinished }, { wallClockOffMs });
    // The simulator refuses signatures whose date is off, as Mimecast does.
    const { id, report } = await engine.connect();
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect(Math.abs(report.clockSkewMs ?? 0)).toBeLessThan(MINUTE_MS);

    const outcomes: (string | undefined)[] = [];
    for (const time of ['first', 'second']) {
      simulator.forgetRequests();
      const [poll] = await connections.poll(id, ['audit-events']);
      outcomes.push(poll?.outcome);
      const calls = simulator.requests.filter(({ path }) => path.includes('audit'));
      expect({ time, called: calls.length > 0 }).toEqual({ time, called: true });
    }
    // The second reads the last half an hour again, in which there may be events.
    expect(outcomes[0]).toBe('collected');
    expect(['collected', 'empty']).toContain(outcomes[1]);
    expect(await store.ledger.gaps(id, 'audit-events')).toEqual([]);
    expect(simulator.requests.filter(({ status }) => status === 401)).toEqual([]);

    const made = await evaluations(engine, id);
    for (const { at, turnsAt } of made) {
      expect(offBy(at)).toBeLessThan(5 * MINUTE_MS);
      expect(Date.parse(turnsAt ?? '')).toBeGreaterThan(Date.parse(at));
    }
    const finished = await database.query<{ at: Date }>(
      'select finished_at as at from mimecast.polls union all select observed_at from mimecast.observations',
    );
    for (const { at } of finished) expect(offBy(at.toISOString())).toBeLessThan(5 * MINUTE_MS);
    // A poll reports its verdicts to the connection only when they differ.
    const handle = engine.client.workflow.getHandle(connectionWorkflowId(id));
    const { state, posture } = await handle.query<ConnectionStatus>('status');
    expect(state).toBe('connected');
    expect(made.map(({ sequence }) => sequence)).toContain(posture?.sequence);
    expect(await store.proof.verify(id)).toMatchObject({ ok: true });
  });
});
