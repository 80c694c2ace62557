import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActivityDependencies } from '../../../activities/dependencies.js';
import { maintain } from '../../../activities/maintenance.js';
import { openCheckpoint } from '../../../vault/checkpoint.js';
import { readCheckpointPublicKey, writeNewCheckpointKey } from '../../../vault/checkpoint-key.js';
import { openCheckpoints } from '../../../worker/checkpoints.js';
import { auditEvents, connectedStore, page, takenWindow } from '../../support/evidence.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import type { EvidenceStore } from '../../../evidence/store.js';

const logged = vi.hoisted(() => [] as unknown[]);
vi.mock('@temporalio/activity', () => ({
  Context: { current: () => ({ cancellationSignal: new AbortController().signal }) },
  log: { warn: (...entry: unknown[]) => logged.push(entry) },
}));

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let store: EvidenceStore;
let folder: string;
let keyFile: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-house-'));
  keyFile = path.join(folder, 'key.pem');
  await writeNewCheckpointKey(keyFile);
  store = await connectedStore(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  logged.length = 0;
});

/** Dependencies of the maintenance. */
const dependenciesAt = (now: Date, checkpoints?: ActivityDependencies['checkpoints']): ActivityDependencies =>
  ({
    store: { ...store, clock: () => Promise.resolve(() => now) },
    ...(checkpoints && { checkpoints }),
  }) as ActivityDependencies;

/** Moves the newest checkpoint: negative hours into the future. */
const checkpointMadeHoursAgo = (hours: number): Promise<unknown> =>
  database.query(`update mimecast.checkpoints set made_at = clock_timestamp() - make_interval(hours => $1)`, [hours]);

const hoursFromNow = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);

test('once a day expired events are erased, and a checkpoint is signed and delivered', async () => {
  await store.events.storePage(page(await takenWindow(store), 0, auditEvents(0, 10)));
  const checkpoints = await openCheckpoints({ keyFile, directory: folder });
  const inTwoYears = hoursFromNow(2 * 365 * 24);
  expect(await maintain(dependenciesAt(inTwoYears), 'acme')).toEqual({
    erasedEvents: 10,
    checkpoint: 'not-configured',
  });
  expect(await maintain(dependenciesAt(new Date(), checkpoints), 'acme')).toEqual({
    erasedEvents: 0,
    checkpoint: 'made',
  });

  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jws'));
  expect(file).toMatch(/^acme-\d{4}-\d\d-\d\d\.jws$/);
  const key = await readCheckpointPublicKey(path.join(folder, 'key.public.pem'));
  const claims = await openCheckpoint(key, (await readFile(path.join(folder, file), 'utf8')).trim());
  expect(claims).toMatchObject({ connectionId: 'acme', accountCode: 'CUK1A1', sequence: 4 });
  expect(await store.proof.verify('acme', claims)).toMatchObject({ ok: true, checkpoint: { sequence: 4 } });
  expect(await store.checkpoints.state('acme')).toMatchObject({ made: { sequence: 4, kid: key.kid } });

  await checkpointMadeHoursAgo(22);
  expect(await maintain(dependenciesAt(new Date(), checkpoints), 'acme')).toMatchObject({ checkpoint: 'not-due' });
  await checkpointMadeHoursAgo(24);
  expect(await maintain(dependenciesAt(new Date(), checkpoints), 'acme')).toMatchObject({ checkpoint: 'made' });
});

test.each(['2096-11-28Z', '294276-01-01Z', 'infinity'])(
  'a checkpoint that is dated %s does not stop the next one, and is logged',
  async (moment) => {
    const checkpoints = await openCheckpoints({ keyFile, command: 'cat > /dev/null' });
    await database.query(`update mimecast.checkpoints set made_at = $1::timestamptz`, [moment]);
    const planted = (await store.checkpoints.state('acme'))?.made?.at.toISOString();
    expect(await maintain(dependenciesAt(new Date(), checkpoints), 'acme')).toMatchObject({ checkpoint: 'made' });
    expect(logged).toEqual([
      ['The newest checkpoint is dated in the future. A new one is signed.', { connectionId: 'acme', at: planted }],
    ]);
    const made = (await store.checkpoints.state('acme'))?.made;
    expect(made?.ageMs).toBeGreaterThanOrEqual(0);
    expect(made?.ageMs).toBeLessThan(HOUR_MS);
    expect(await maintain(dependenciesAt(new Date(), checkpoints), 'acme')).toMatchObject({ checkpoint: 'not-due' });
  },
);

test.each([-48, 48])(
  'whether one is due is judged by the database, not by a worker whose clock is %d h off',
  async (off) => {
    const checkpoints = await openCheckpoints({ keyFile, command: 'cat > /dev/null' });
    await checkpointMadeHoursAgo(1);
    expect(await maintain(dependenciesAt(hoursFromNow(off), checkpoints), 'acme')).toMatchObject({
      checkpoint: 'not-due',
    });
    await checkpointMadeHoursAgo(24);
    expect(await maintain(dependenciesAt(hoursFromNow(off), checkpoints), 'acme')).toMatchObject({
      checkpoint: 'made',
    });
  },
);

test('a checkpoint that cannot be delivered is logged and recorded, fails nothing, and is made once delivery works', async () => {
  const failing = await openCheckpoints({ keyFile, command: 'exit 7' });
  await checkpointMadeHoursAgo(48);
  expect(await maintain(dependenciesAt(new Date(), failing), 'acme')).toMatchObject({ checkpoint: 'failed' });
  const reason = 'The checkpoint command ended with exit code 7.';
  expect(logged).toEqual([
    ['The checkpoint of the evidence log could not be delivered.', { connectionId: 'acme', reason }],
  ]);
  expect(await store.checkpoints.state('acme')).toMatchObject({ failure: reason, made: { sequence: 4 } });

  const working = await openCheckpoints({ keyFile, command: 'cat > /dev/null' });
  expect(await maintain(dependenciesAt(new Date(), working), 'acme')).toMatchObject({ checkpoint: 'made' });
  expect(await store.checkpoints.state('acme')).not.toHaveProperty('failure');
});
