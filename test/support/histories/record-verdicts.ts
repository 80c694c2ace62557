import type { WorkflowHandle } from '@temporalio/client';
import type { BelievableTenantOptions } from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import { connectionWorkflowId } from '../../../contract/ids.js';
import type { Engine } from '../engine.js';
import { until } from '../until.js';
import type { ConnectionInput } from '../../../workflows/connection/connection-memory.js';

/** Means of recording. */
export interface Recorder {
  readonly engine: () => Engine;
  readonly recording: (name: string, run: () => Promise<WorkflowHandle>) => void;
  readonly connected: (options?: BelievableTenantOptions) => Promise<{ readonly id: string }>;
}

/** Records the evaluations of a connection and its daily maintenance. */
export function recordVerdicts({ engine, recording, connected }: Recorder): void {
  const said = { controlId: 'credential-age', owner: 'Head of IT', reason: 'keys of a test' } as const;
  const entity = (id: string): WorkflowHandle => engine().client.workflow.getHandle(connectionWorkflowId(id));
  const verdict = async (id: string): Promise<string | undefined> =>
    (await engine().connections.posture(id)).controls.find((control) => control.id === said.controlId)?.verdict;

  recording('connection/a control is annotated and the annotation withdrawn', async () => {
    const { id } = await connected();
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { annotation } = await engine().connections.annotate(id, { ...said, kind: 'accepted-risk', expiresAt });
    await engine().connections.withdrawAnnotation(id, annotation.annotationId);
    return entity(id);
  });

  recording('connection/a verdict turns by itself', async () => {
    const { id } = await connected();
    const expiresAt = new Date(Date.now() + 2_000);
    await engine().connections.annotate(id, { ...said, kind: 'not-applicable', expiresAt });
    await until(async () => (await verdict(id)) !== 'not-applicable');
    return entity(id);
  });

  recording('connection/polls tell it of verdicts that turned', async () => {
    const { id } = await connected();
    await engine().connections.poll(id, ['policies', 'account']);
    return entity(id);
  });

  recording('connection/it keeps house', async () => {
    const { id } = await connected();
    const input: ConnectionInput = { connectionId: id, agenda: { keepHouseAt: new Date(0).toISOString() } };
    const handle = await engine().client.workflow.start('mimecastConnection', {
      taskQueue: engine().taskQueue,
      workflowId: `${connectionWorkflowId(id)}/by-hand`,
      args: [input],
    });
    await until(async () => isMaintained(await handle.fetchHistory()));
    return handle;
  });
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

function isMaintained({ events }: History): boolean {
  const asked = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'mimecast.keepHouse',
  );
  return (
    asked !== undefined &&
    events?.some(
      (event) => String(event.activityTaskCompletedEventAttributes?.scheduledEventId) === String(asked.eventId),
    ) === true
  );
}
