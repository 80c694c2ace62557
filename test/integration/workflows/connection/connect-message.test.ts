import { WithStartWorkflowOperation } from '@temporalio/client';
import { expect } from 'vitest';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import { connect } from '../../../../contract/messages.js';
import { ENDPOINT_NAMES } from '../../../../model/endpoints.js';
import { defaultSettings } from '../../../../model/settings.js';
import { sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import type { Engine, Tenant } from '../../../support/engine.js';
import { hostilePaths, ownField, PASSWORD, PROTOTYPE_NAMES } from '../../../support/hostile.js';
import { serve } from '../../../support/mimecast/server.js';
import { connectionRuns, runText, tableTexts } from '../../../support/places.js';
import { test } from '../../../support/test.js';

/** Sends a connect message as any client of Temporal can, with keys that the workers open. */
async function connectByMessage(engine: Engine, id: string, tenant: Tenant, settings: object): Promise<unknown> {
  const { client, taskQueue, keyring } = engine;
  const sealed = await sealCredentials(sealingKey(keyring), id, { ...tenant.keys });
  return await client.workflow.executeUpdateWithStart(connect, {
    startWorkflowOperation: new WithStartWorkflowOperation('mimecastConnection', {
      ...{ workflowId: connectionWorkflowId(id), taskQueue, workflowIdConflictPolicy: 'USE_EXISTING' },
      args: [{ connectionId: id }],
    }),
    args: [{ sealed, settings: settings as never }],
  });
}

test.for([
  `http://user:${PASSWORD}@127.0.0.1:1`,
  'https://10.255.255.1',
  'https://evil.example',
  'https://eu-api.mimecast.com.evil.example',
  'https://eu-api.mimecast.com/api',
  'ftp://127.0.0.1',
])('a base URL that keys may not be sent to is refused for good and shown nowhere: %s', async (baseUrl, { engine }) => {
  const { client, database } = engine;
  const id = engine.newId();
  const settings = { ...defaultSettings(engine.simulator.url), baseUrl };
  const refused = connectByMessage(engine, id, engine.addTenant(), settings);
  await expect(refused).rejects.toSatisfy(
    (error) => !`${String(error)} ${String((error as Error).cause)}`.includes(baseUrl),
  );

  expect(await engine.store.connections.read(id)).toBeUndefined();
  const { raw } = await client.workflow.getHandle(connectionWorkflowId(id)).describe();
  expect(raw.pendingActivities ?? []).toEqual([]);
  for (const [, text] of await tableTexts(database)) expect(text).not.toContain(baseUrl);
  if (baseUrl.includes(PASSWORD)) {
    for (const { workflowId, runId } of await connectionRuns(client, id)) {
      expect(await runText(client, workflowId, runId)).not.toContain(PASSWORD);
    }
  }
});

test('after many connects that are refused, a good one under the same id is accepted', async ({ engine }) => {
  const id = engine.newId();
  const tenant = engine.addTenant();
  const usual = defaultSettings(engine.simulator.url);
  for (const baseUrl of ['https://10.255.255.1', 'https://evil.example', 'http://127.0.0.1:1/x', 'x:y']) {
    await expect(connectByMessage(engine, id, tenant, { ...usual, baseUrl })).rejects.toThrow();
  }
  expect(await connectByMessage(engine, id, tenant, usual)).toMatchObject({ ok: true });
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});

test('no setting of a connect message leads to another host', async ({ engine }) => {
  const foreign = await serve((response) => response.end('{}'));
  const address = new URL(foreign.url).host;
  const usual = defaultSettings(engine.simulator.url);
  const own = new URL(engine.simulator.url).host;
  const paths = hostilePaths({ own, foreign: address }).map(([, path]) => path);
  const settings: readonly object[] = [
    ...[foreign.url.replace('//', '//user@'), `${foreign.url}/api`].map((baseUrl) => ({
      baseUrl,
    })),
    ...paths.map((path) => ({ endpointPaths: { account: path } })),
    ...paths
      .filter((path) => path !== '' && !path.endsWith('..'))
      .map((path) => ({ baseUrl: engine.simulator.url + path })),
    ...ENDPOINT_NAMES.map((endpoint) => ({ endpointPaths: { [endpoint]: `//${address}/api/x` } })),
    ...PROTOTYPE_NAMES.map((name) => ({ endpointPaths: ownField(name, `//${address}/api/x`) })),
    ...PROTOTYPE_NAMES.map((name) => ownField(name, `//${address}/api/x`)),
    { pagination: { pageSize: 1, tokenIn: foreign.url } },
    { streams: { [foreign.url]: { enabled: true, everyMs: 60_000 } } },
    { apiVersion: foreign.url },
  ];
  const tenant = engine.addTenant();
  const id = engine.newId();
  for (const changed of settings) {
    const sent = connectByMessage(engine, id, tenant, { ...usual, ...changed });
    await expect(sent).rejects.toMatchObject({ name: 'WorkflowUpdateFailedError' });
  }
  expect(foreign.connections()).toBe(0);
});
