import type { WorkflowHandle } from '@temporalio/client';
import type { BelievableTenantOptions } from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import type { RunningTenant } from '../../../sandbox/simulator/running-tenant.js';
import type { PolledStream } from '../../../model/streams.js';
import type { Engine } from '../engine.js';

interface RecordedTenant {
  readonly id: string;
  readonly running: RunningTenant;
}

/** Means of recording. */
export interface Recorder<Tenant extends RecordedTenant> {
  readonly engine: () => Engine;
  readonly recording: (name: string, run: () => Promise<WorkflowHandle>) => void;
  readonly connected: (options?: BelievableTenantOptions) => Promise<Tenant>;
  readonly poll: (tenant: Tenant, stream: PolledStream, outcome: string) => Promise<WorkflowHandle>;
  readonly startByHand: (workflowType: string, tenant: Tenant) => Promise<WorkflowHandle>;
}

const LOG_STREAMS = { 'audit-events': 'mimecastPollAuditEvents', 'threat-statistics': 'mimecastPollThreatStatistics' };

/** Records polls of a log; the same for every log. */
export function recordLogPolls<Tenant extends RecordedTenant>(recorder: Recorder<Tenant>): void {
  const { engine, recording, connected, poll, startByHand } = recorder;

  for (const [stream, workflow] of Object.entries(LOG_STREAMS) as [PolledStream, string][]) {
    recording(`${stream}/a poll collects what there is`, async () => poll(await connected(), stream, 'collected'));

    const quiet = { events: 0, clicks: 0 };
    recording(`${stream}/a poll finds nothing`, async () => poll(await connected(quiet), stream, 'empty'));

    recording(`${stream}/a poll fails because the keys are refused`, async () => {
      const tenant = await connected();
      tenant.running.rotateKeys();
      return await poll(tenant, stream, 'failed');
    });

    recording(`${stream}/a poll of a disconnected connection stores nothing`, async () => {
      const tenant = await connected();
      await engine().connections.disconnect(tenant.id);
      return await startByHand(workflow, tenant);
    });
  }

  recording('threat-statistics/a poll reads some of the logs', async () => {
    return await poll(await connected({ access: { 'ttp-url-logs': 'forbidden' } }), 'threat-statistics', 'partial');
  });
}
