import { expect } from 'vitest';
import type { GapReport } from '../../../../cli/exports/gap-report.js';
import type { BackfillReport } from '../../../../client/reports.js';
import { happened, letTimePass } from '../../../support/audit-log.js';
import { ago, DAY_MS, HOUR_MS, MINUTE_MS, type Engine } from '../../../support/engine.js';
import { run as runCommandLine, type Ran } from '../../../support/cli/run.js';
import { test } from '../../../support/test.js';

/** Runs a command line with the engine's client and store. */
const run = (engine: Engine, ...argv: readonly string[]): Promise<Ran> =>
  runCommandLine(
    argv,
    {},
    {
      services: () => ({
        connections: () => Promise.resolve(engine.connections),
        evidence: () => Promise.resolve(engine.store),
        close: () => Promise.resolve(),
      }),
    },
  );

const gapsOf = async (engine: Engine, id: string): Promise<GapReport> =>
  JSON.parse((await run(engine, 'gaps', id, '--json')).stdout) as GapReport;

/** The arguments of a command that was printed to be copied. */
const argumentsOf = (command = ''): string[] => command.split(' ').slice(1);

test('after an outage it names what is lost and what can be filled, and its own commands fill all that can be', async ({
  engine,
}) => {
  const { id, tenant } = await engine.connect();
  await engine.connections.poll(id, ['audit-events']);
  expect(await gapsOf(engine, id)).toMatchObject({ complete: true, missing: [], totals: [], lateEvents: { count: 0 } });
  expect((await run(engine, 'gaps', id)).stdout).toContain(`${id}: nothing is missing`);

  // Nobody polled for 70 days.
  await letTimePass(engine.database, id, 70 * DAY_MS);
  happened(tenant, ago(20 * DAY_MS), 4);
  const outage = await gapsOf(engine, id);
  expect(outage.missing).toMatchObject([
    { start: outage.heldUntil, cause: 'behind', fillable: false },
    { end: outage.owed?.to, cause: 'behind', fillable: true },
  ]);
  expect(
    [await run(engine, 'gaps', id), await run(engine, 'gaps', id, '--fail-on', 'lost')].map(({ exitCode }) => exitCode),
  ).toEqual([0, 1]);

  const filled = await run(engine, ...argumentsOf(outage.missing[1]?.command), '--json');
  const report = JSON.parse(filled.stdout) as BackfillReport;
  // Between the two commands the vendor may have dropped a few seconds more.
  expect(report.windows).toMatchObject({ done: 60, failed: 0, total: 60 });
  expect(report.newEvents).toBeGreaterThanOrEqual(4);
  const after = await gapsOf(engine, id);
  // The owed range grows with the clock; of the missing ranges none that can be filled is left.
  const { to = '' } = outage.owed ?? {};
  expect(after.missing.filter(({ fillable, start }) => fillable && start < to)).toEqual([]);
  expect(after.missing[0]).toMatchObject({ start: outage.heldUntil, fillable: false });
  expect((await run(engine, 'gaps', id)).stdout).toContain(
    `record  temporal-mimecast annotate ${id} audit-evidence --reason "…"`,
  );
});

test('a total that Mimecast told wrong and events that it showed late are named, and neither is a gap', async ({
  engine,
}) => {
  engine.simulator.configure({ totalCount: 'told' });
  const { id, tenant } = await engine.connect(engine.addTenant({ events: 0 }));
  await engine.connections.poll(id, ['audit-events']);
  expect((await gapsOf(engine, id)).totals).toEqual([]);

  happened(tenant, ago(15 * MINUTE_MS), 3);
  engine.simulator.configure({ totalCount: 'one-more' });
  await letTimePass(engine.database, id, HOUR_MS);
  happened(tenant, ago(HOUR_MS + 10 * MINUTE_MS), 2);
  await engine.connections.poll(id, ['audit-events']);
  engine.simulator.configure({ totalCount: 'untold' });

  const report = await gapsOf(engine, id);
  expect(report).toMatchObject({ complete: true, totals: [{ told: 6, read: 5 }], lateEvents: { count: 2 } });
  expect(report.lateEvents.largestLatenessHours).toBeGreaterThanOrEqual(1.1);
  const { exitCode, stdout } = await run(engine, 'gaps', id, '--fail-on', 'any');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/total Mimecast said 6 events for .*, its pages held 5/);
  expect(stdout).toMatch(/2 events were found late/);
});

test('a connection that nobody knows is wrong usage', async ({ engine }) => {
  expect((await run(engine, 'gaps', 'nobody')).exitCode).toBe(2);
  expect((await run(engine, 'gaps', 'acme', '--days', 'many')).exitCode).toBe(2);
});
