import { describe, expect } from 'vitest';
import type { Drift } from '../../../../evidence/observations/drift.js';
import type { ControlId, ControlResult, StoredEvaluation } from '../../../../model/verdicts.js';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import { POSTURE_ATTRIBUTE } from '../../../../contract/search-attributes.js';
import { DAY_MS, HOUR_MS, type Engine } from '../../../support/engine.js';
import { until } from '../../../support/until.js';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import { test } from '../../../support/test.js';

const controlIn = ({ controls }: StoredEvaluation, id: ControlId): ControlResult | undefined =>
  controls.find((control) => control.id === id);
const verdictOf = async (engine: Engine, id: string, control: ControlId): Promise<string | undefined> =>
  controlIn(await engine.connections.posture(id), control)?.verdict;
const evaluated = (engine: Engine, id: string): Promise<void> =>
  until(async () => (await engine.store.evaluations.latest(id)) !== undefined);

/** The search attribute by which the Temporal UI filters connections. */
async function postureAttribute(engine: Engine, id: string): Promise<string | undefined> {
  const { typedSearchAttributes } = await engine.client.workflow.getHandle(connectionWorkflowId(id)).describe();
  return typedSearchAttributes.get(POSTURE_ATTRIBUTE);
}

describe('a connection', () => {
  test('is evaluated once it is connected: nothing has been read, so no control passes', async ({ engine }) => {
    const { id } = await engine.connect();
    await evaluated(engine, id);
    const posture = await engine.connections.posture(id);
    expect(posture.bySubject.tenant).toMatchObject({ pass: 0, fail: 0, notApplicable: 0 });
    expect(posture.controls).toHaveLength(CATALOGUE.length);
    await until(async () => (await postureAttribute(engine, id)) === 'unknown');
  });

  test('is evaluated after each poll, and its status and search attribute show the changed verdicts', async ({
    engine,
  }) => {
    const { id, tenant } = await engine.connect(undefined, { settings: { thresholds: { retentionDays: 30 } } });
    await engine.connections.poll(id);
    const first = await engine.connections.posture(id);
    expect(controlIn(first, 'url-protection-policy')).toMatchObject({ verdict: 'pass', severity: 'high' });
    expect(controlIn(first, 'archiving-on')).toMatchObject({ verdict: 'pass' });
    await until(async () => (await engine.connections.status(id)).posture?.at === first.at);

    tenant.running.data['url-protect'] = [];
    await engine.connections.poll(id, ['policies']);
    const second = await engine.connections.posture(id);
    expect(controlIn(second, 'url-protection-policy')).toMatchObject({ verdict: 'fail' });
    expect(second.changes).toContainEqual(
      expect.objectContaining({ id: 'url-protection-policy', from: 'pass', to: 'fail' }),
    );
    await until(async () => (await postureAttribute(engine, id)) === 'fail');
    expect(await engine.connections.posture(id, { at: new Date(first.at) })).toEqual(first);

    expect(await driftOf(engine, id)).toMatchObject([
      { endpoint: 'url-protect', differences: [{ kind: 'removed' }, { kind: 'removed' }], candidates: [] },
    ]);
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });

  test('is evaluated again when its evidence becomes stale, without a poll', async ({ engine }) => {
    const { id } = await engine.connect();
    await engine.connections.poll(id);
    expect(await verdictOf(engine, id, 'url-protection-policy')).toBe('pass');

    await letAnswersAge(engine, id, 2 * DAY_MS - 4_000);
    await engine.connections.updateSettings(id, { thresholds: { retentionDays: 31 } });
    await until(async () => (await verdictOf(engine, id, 'url-protection-policy')) === 'unknown');
    const stale = await engine.connections.posture(id);
    expect(stale.cause).not.toBe('poll');
    expect(controlIn(stale, 'url-protection-policy')).toMatchObject({ code: 'stale', lastKnown: { verdict: 'pass' } });
    await until(async () => (await postureAttribute(engine, id)) === 'unknown');
  });

  test('keeps its verdicts and their timer over a restart of the worker', async ({ engine }) => {
    const { id } = await engine.connect();
    await engine.connections.poll(id);
    await letAnswersAge(engine, id, 2 * DAY_MS - 4_000);
    await engine.connections.updateSettings(id, { thresholds: { retentionDays: 31 } });
    await engine.restartWorker();
    await until(async () => (await verdictOf(engine, id, 'url-protection-policy')) === 'unknown');
  });
});

async function driftOf(engine: Engine, id: string): Promise<Drift[]> {
  const found: Drift[] = [];
  for await (const change of engine.store.drift(id)) found.push(change);
  return found;
}

/** Makes everything that was read from a connection's endpoints look as if it had been read earlier. */
async function letAnswersAge(engine: Engine, id: string, ms: number): Promise<void> {
  await engine.database.query(
    `update mimecast.observations set observed_at = observed_at - $2 * interval '1 ms' where connection_id = $1`,
    [id, ms],
  );
}

describe('an annotation of a control', () => {
  const soon = (): Date => new Date(Date.now() + HOUR_MS);
  const said = { owner: 'Head of IT', reason: 'journaled elsewhere' } as const;

  test('changes the verdict when the control does not apply, is shown with the verdict otherwise, and can be withdrawn', async ({
    engine,
  }) => {
    const { connections } = engine;
    const { id } = await engine.connect();
    await connections.poll(id);

    const waived = await connections.annotate(id, {
      ...said,
      controlId: 'archive-retention',
      kind: 'not-applicable',
      expiresAt: soon(),
    });
    expect(waived.posture?.summary.notApplicable).toBe(1);
    expect(await verdictOf(engine, id, 'archive-retention')).toBe('not-applicable');

    const file = { name: 'console.pdf', sha256: 'ab'.repeat(32) };
    await connections.annotate(id, {
      ...said,
      controlId: 'archiving-on',
      kind: 'attestation',
      expiresAt: soon(),
      file,
    });
    expect(controlIn(await connections.posture(id), 'archiving-on')).toMatchObject({
      verdict: 'pass',
      annotations: [{ kind: 'attestation', owner: 'Head of IT', expired: false, file }],
    });

    await connections.withdrawAnnotation(id, waived.annotation.annotationId);
    expect(await verdictOf(engine, id, 'archive-retention')).toBe('unknown');
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });

  test('expires, and is shown as expired', async ({ engine }) => {
    const { id } = await engine.connect();
    await engine.connections.annotate(id, {
      ...said,
      controlId: 'credential-age',
      kind: 'not-applicable',
      expiresAt: new Date(Date.now() + 3_000),
    });
    await until(async () => (await verdictOf(engine, id, 'credential-age')) !== 'not-applicable');
    expect(controlIn(await engine.connections.posture(id), 'credential-age')).toMatchObject({
      annotations: [{ kind: 'not-applicable', expired: true }],
    });
  });

  test.for([
    ['about a control that does not exist', { controlId: 'no-such-control' }, 'There is no control no-such-control'],
    ['without an end', { expiresAt: new Date(NaN) }, 'expiry date'],
    ['that has ended already', { expiresAt: new Date(0) }, 'must lie in the future'],
    ['without a reason', { reason: ' ' }, 'needs a reason'],
    ['that attests without a file', { kind: 'attestation' }, 'names a file'],
  ] as const)('is refused %s, and nothing is changed', async ([, wrong, message], { engine }) => {
    const { id } = await engine.connect();
    const good = { ...said, controlId: 'archiving-on', kind: 'accepted-risk', expiresAt: soon() } as const;
    await expect(engine.connections.annotate(id, { ...good, ...wrong })).rejects.toThrow(message);
    expect(await engine.store.annotations.list(id)).toEqual([]);
  });
});
