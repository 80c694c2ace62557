import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, inject } from 'vitest';
import { findTemporalCli } from '../../../../sandbox/temporal-cli.js';
import type { TenantKeys } from '../../../../sandbox/simulator/tenant.js';
import { sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import { happened, heldIds, vendorIds } from '../../../support/audit-log.js';
import { ago, HOUR_MS, startEngine, type Connected } from '../../../support/engine.js';
import { holdPagesAfter } from '../../../support/page-gate.js';
import { until } from '../../../support/until.js';
import { startWorkerProcess } from '../../../support/worker-process.js';
import { test as base } from '../../../support/test.js';

const test = base.extend('engineOptions', { scope: 'file' }, { simulator: { latencyMs: 5 } });

const PAGE_SIZE = 5;
const PAGES = 100;

describe('with a worker', () => {
  test('a rotation in the middle of a window of a hundred pages: the poll continues, nothing is lost and nothing is stored twice', async ({
    engine,
  }) => {
    const { connections, database, simulator } = engine;
    const tenant = engine.addTenant({ events: 0 });
    happened(tenant, ago(3 * HOUR_MS), PAGES * PAGE_SIZE);
    const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: PAGE_SIZE, tokenIn: 'meta' } } });

    const gate = holdPagesAfter(simulator, PAGES / 2);
    const polling = connections.poll(id, ['audit-events']);
    await gate.reached();
    const credentials = tenant.running.rotateKeys({ keepFormer: true });
    expect(await connections.rotate(id, { credentials })).toMatchObject({ accepted: true });
    tenant.running.retireFormerKeys();
    gate.open();

    expect(await polling).toMatchObject([
      { outcome: 'collected', events: PAGES * PAGE_SIZE, newEvents: PAGES * PAGE_SIZE },
    ]);
    expect(await heldIds(database, id)).toEqual(vendorIds(tenant));
    expect(await connections.status(id)).toMatchObject({ state: 'connected', credentials: { version: 2 } });
  });

  test('a service in any language can announce a rotation: here the plain Temporal CLI', async ({ engine }) => {
    const { connections, keyring } = engine;
    const { id, tenant } = await engine.connect();
    const sealed = await sealCredentials(sealingKey(keyring), id, { ...tenant.running.rotateKeys() });
    const { path } = await findTemporalCli();
    await promisify(execFile)(path, [
      ...['workflow', 'signal', '--address', inject('temporalAddress'), '--workflow-id', connectionWorkflowId(id)],
      ...['--name', 'credentialsRotated', '--input', JSON.stringify({ sealed, note: 'from a shell' })],
    ]);
    await until(async () => (await connections.status(id)).credentials?.version === 2);
    expect(await connections.status(id)).toMatchObject({ lastRotation: { accepted: true, note: 'from a shell' } });
  });
});

test('a worker that dies in the middle of a rotation, at whichever step: the next one finishes it, once', async ({
  onTestFinished,
}) => {
  const engine = await startEngine({ worker: 'none' });
  const { connections, database, simulator } = engine;
  const doomed = await startWorkerProcess(engine, { onTestFinished });
  const locks = await lockRows(database.url);
  onTestFinished(() => locks.release());
  const [staging, proving, settling, settled] = await Promise.all(
    [1, 2, 3, 4].map(() => engine.connect(engine.addTenant({ events: 10 }))),
  );
  const keys = new Map<Connected | undefined, TenantKeys>();
  for (const one of [staging, proving, settling, settled]) if (one) keys.set(one, one.tenant.running.rotateKeys());
  const keysOf = (one: Connected | undefined): TenantKeys =>
    keys.get(one) ?? { applicationId: '', applicationKey: '', accessKey: '', secretKey: '' };
  const versionIs = async (one: Connected | undefined, state: string): Promise<boolean> =>
    (
      await database.query<{ found: boolean }>(
        'select exists (select from mimecast.credentials where connection_id = $1 and version = 2 and state = $2) as found',
        [one?.id, state],
      )
    )[0]?.found ?? false;
  const asked = (one: Connected | undefined): boolean =>
    simulator.requests.some(({ accessKey }) => accessKey === keysOf(one).accessKey);

  await locks.take(staging?.id ?? '');
  const hanging = simulator.faults.add({ fault: { kind: 'hang' }, accessKey: keysOf(proving).accessKey });
  const slow = simulator.faults.add({
    fault: { kind: 'delay', delayMs: 1_500 },
    accessKey: keysOf(settling).accessKey,
  });
  await Promise.all(
    [staging, proving, settling, settled].map((one) =>
      connections.announceRotation(one?.id ?? '', { credentials: keysOf(one) }),
    ),
  );
  await until(() => versionIs(settling, 'pending'));
  await locks.take(settling?.id ?? '');
  await until(async () => asked(proving) && asked(settling) && (await versionIs(settled, 'active')));
  await until(async () => (await locks.waiting()) >= 2);
  await doomed.kill();
  await locks.release();
  simulator.faults.remove(hanging);
  simulator.faults.remove(slow);
  for (const one of [staging, proving, settling]) expect(await versionIs(one, 'active')).toBe(false);

  await startWorkerProcess(engine, { onTestFinished });
  onTestFinished(() => engine.stop());
  for (const one of [staging, proving, settling, settled]) {
    const id = one?.id ?? '';
    await until(async () => {
      const { credentials, lastRotation } = await connections.status(id);
      return credentials?.version === 2 && lastRotation?.accepted === true;
    });
    expect(
      await database.query(
        'select version, state, sealed is null as destroyed from mimecast.credentials where connection_id = $1 order by version',
        [id],
      ),
    ).toEqual([
      { version: 1, state: 'retired', destroyed: true },
      { version: 2, state: 'active', destroyed: false },
    ]);
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  }
});

/** Locks rows of connections: a statement that changes one waits. */
async function lockRows(
  databaseUrl: string,
): Promise<{ take(id: string): Promise<void>; waiting(): Promise<number>; release(): Promise<void> }> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin');
  let held = true;
  return {
    take: async (id) => {
      await holder.query('select from mimecast.connections where connection_id = $1 for update', [id]);
    },
    waiting: async () => {
      const { rows } = await holder.query<{ count: number }>(
        `select count(*)::integer from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.count ?? 0;
    },
    release: async () => {
      if (!held) return;
      held = false;
      await holder.end();
    },
  };
}
