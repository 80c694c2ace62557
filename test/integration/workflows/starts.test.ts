import { WithStartWorkflowOperation, WorkflowFailedError } from '@temporalio/client';
import { RawValue } from '@temporalio/common';
import { expect } from 'vitest';
import { connectionWorkflowId } from '../../../contract/ids.js';
import { connect } from '../../../contract/messages.js';
import { defaultSettings } from '../../../model/settings.js';
import { RawPayload } from '../../support/messages/any-message.js';
import { test } from '../../support/test.js';

const UNDECODABLE = RawValue.fromPayload(new RawPayload('binary/encrypted', Buffer.from('x')).payload);
const WORKFLOWS = [
  'mimecastConnection',
  'mimecastPollAccount',
  'mimecastPollAuditEvents',
  'mimecastPollThreatStatistics',
  'mimecastBackfillAuditEvents',
];

test.for(
  WORKFLOWS.flatMap((workflow) =>
    [[], [null], ['acme'], [{ connectionId: 'a\0b' }], [{ connectionId: {} }], [UNDECODABLE]].map(
      (args) => [workflow, args] as const,
    ),
  ),
)('%s started with %j fails and says why', async ([workflow, args], { engine }) => {
  const { taskQueue, client } = engine;
  const running = client.workflow.execute(workflow, { taskQueue, workflowId: engine.newId(), args: [...args] });
  await expect(running).rejects.toSatisfy(
    (error) => error instanceof WorkflowFailedError && /needs|must be|decoded/.test(error.cause?.message ?? ''),
  );
});

test('what a sender says that an earlier run carried over is not believed', async ({ engine }) => {
  const { taskQueue, client } = engine;
  const carried = { startedAt: 'yesterday', progress: 7 };
  for (const workflow of ['mimecastPollAuditEvents', 'mimecastPollThreatStatistics']) {
    const args = [{ connectionId: 'nobody', carried }];
    const running = client.workflow.execute(workflow, { taskQueue, workflowId: engine.newId(), args });
    await expect(running).rejects.toMatchObject({ cause: { type: 'MimecastConnectionMissing' } });
  }
});

test.for([
  ['another id', (id: string) => ({ connectionId: `${id}-other` })],
  ['a NUL', (id: string) => ({ connectionId: `${id}\0` })],
  ['no id', () => ({})],
  ['a status', (id: string) => ({ connectionId: id, status: { connectionId: id, state: 'connected' } })],
] as const)(
  'a connect that starts a connection with %s is refused, and a good one is accepted',
  async ([, input], { engine }) => {
    const { taskQueue, client } = engine;
    const id = engine.newId();
    const workflowId = connectionWorkflowId(id);
    const settings = defaultSettings(engine.simulator.url);
    const connecting = client.workflow.executeUpdateWithStart(connect, {
      startWorkflowOperation: new WithStartWorkflowOperation('mimecastConnection', {
        ...{ workflowId, taskQueue, args: [input(id)], workflowIdConflictPolicy: 'USE_EXISTING' },
      }),
      args: [{ settings, sealed: 'eyJhbGci.a.b.c.d' }],
    });
    await expect(connecting).rejects.toMatchObject({ cause: { type: 'MimecastInvalidRequest' } });

    const { keys: credentials } = engine.addTenant();
    expect(await engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials })).toMatchObject({
      ok: true,
    });
  },
);
