import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { BelievableTenantOptions } from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import type { RunningTenant } from '../../../sandbox/simulator/running-tenant.js';
import type { Engine } from '../engine.js';

interface RecordedTenant {
  readonly id: string;
  readonly running: RunningTenant;
  fault(endpoint: 'audit-events', kind: 'hang'): void;
}

/** Means of recording. */
export interface Recorder<Tenant extends RecordedTenant> {
  readonly engine: () => Engine;
  readonly recording: (name: string, run: () => Promise<WorkflowHandle>) => void;
  readonly connected: (options: BelievableTenantOptions) => Promise<Tenant>;
  readonly startByHand: (workflowType: string, tenant: Tenant, input: object) => Promise<WorkflowHandle>;
  readonly cancelled: (handle: WorkflowHandle, called: Promise<void>) => Promise<WorkflowHandle>;
  readonly calls: (tenant: Tenant, endpoint: 'audit-events') => Promise<void>;
}

const DAY_MS = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY_MS);

/** Everything that can happen to a backfill. */
export function recordBackfills<Tenant extends RecordedTenant>(recorder: Recorder<Tenant>): void {
  const { engine, recording, connected, startByHand, cancelled, calls } = recorder;
  const days = { from: ago(50), to: ago(40) };
  const span = { from: days.from.toISOString(), to: days.to.toISOString() };

  const backfill = async (tenant: Tenant, outcome: string, request = days): Promise<WorkflowHandle> => {
    const report = await engine().connections.backfill(tenant.id, request);
    expect(report.outcome).toBe(outcome);
    return engine().client.workflow.getHandle(report.workflowId, report.runId);
  };

  recording('backfill/it reads what is missing', async () => {
    return await backfill(await connected(days), 'complete');
  });

  recording('backfill/nothing is missing', async () => {
    const tenant = await connected(days);
    await backfill(tenant, 'complete');
    return await backfill(tenant, 'complete');
  });

  recording('backfill/part of it can no longer be had', async () => {
    return await backfill(await connected(days), 'partial', { ...days, from: ago(70) });
  });

  recording('backfill/it goes on from the run before', async () => {
    const tenant = await connected(days);
    const windows = { done: 0, failed: 0, total: 10 };
    const progress = { connectionId: tenant.id, state: 'reading', windows, pages: 0, events: 0, newEvents: 0 };
    const range = { start: span.from, end: span.to };
    const begun = { generation: 1, disconnected: false, range, windows: 10, lost: [] };
    const carried = { startedAt: new Date().toISOString(), begun, progress };
    return await startByHand('mimecastBackfillAuditEvents', tenant, { ...span, carried });
  });

  recording('backfill/it fails because the keys are refused', async () => {
    const tenant = await connected(days);
    tenant.running.rotateKeys();
    return await backfill(tenant, 'failed');
  });

  recording('backfill/it is cancelled', async () => {
    const tenant = await connected(days);
    tenant.fault('audit-events', 'hang');
    const { workflowId, runId } = await engine().connections.startBackfill(tenant.id, days);
    const handle = engine().client.workflow.getHandle(workflowId, runId);
    return await cancelled(handle, calls(tenant, 'audit-events'));
  });

  recording('backfill/it is of a disconnected connection and stores nothing', async () => {
    const tenant = await connected(days);
    await engine().connections.disconnect(tenant.id);
    return await startByHand('mimecastBackfillAuditEvents', tenant, span);
  });
}
