import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { RawValue } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, inject, onTestFinished } from 'vitest';
import { MimecastConnections } from '../../../client/connections.js';
import { connectionWorkflowId } from '../../../contract/ids.js';
import { sealingKey } from '../../../vault/keyring.js';
import { MimecastPlugin } from '../../../worker/plugin.js';
import { startEngine, type Engine } from '../../support/engine.js';
import { RawPayload, stuckTask } from '../../support/messages/any-message.js';
import { test as base } from '../../support/test.js';

const WORKFLOWS = fileURLToPath(new URL('../../support/workflows/listening-workflows.ts', import.meta.url));
const CONVERTER = fileURLToPath(new URL('../../support/workflows/users-converter.cjs', import.meta.url));

interface Users {
  readonly client: Client;
  readonly connections: MimecastConnections;
}

const test = base.extend('engineOptions', { scope: 'file' }, { worker: 'none' });

/** A user's worker with the plugin and, unless it is the SDK's, a payload converter of their own. */
async function startUsers(engine: Engine, payloadConverterPath: string | undefined): Promise<Users> {
  const { database, keyring, taskQueue } = engine;
  const dataConverter = payloadConverterPath === undefined ? {} : { payloadConverterPath };
  const [connection, native] = await Promise.all([
    Connection.connect({ address: inject('temporalAddress') }),
    NativeConnection.connect({ address: inject('temporalAddress') }),
  ]);
  const plugin = new MimecastPlugin({ databaseUrl: database.url, keyring, taskQueue, allowLoopback: true });
  const worker = await Worker.create({
    ...{ connection: native, taskQueue, workflowsPath: WORKFLOWS, plugins: [plugin], dataConverter },
  });
  const ended = worker.run();
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(10), ended]);
  onTestFinished(async () => {
    worker.shutdown();
    await ended;
    await Promise.all([native.close(), connection.close()]);
  });
  const client = new Client({ connection, dataConverter });
  return {
    client,
    connections: new MimecastConnections({ client, taskQueue, sealingKey: sealingKey(keyring), allowLoopback: true }),
  };
}

const undecodable = RawValue.fromPayload(new RawPayload('binary/encrypted', randomBytes(20)).payload);

describe.each([
  ['with the payload converter of the SDK', undefined],
  ['with a payload converter of their own', CONVERTER],
])("a user's worker %s", (_, converter) => {
  test('runs our workflows, which take messages that it cannot decode', async () => {
    const engine = await startEngine({ worker: 'none' });
    const { client, connections } = await startUsers(engine, converter);
    const { keys: credentials } = engine.addTenant();
    const id = engine.newId();
    expect(await connections.connect(id, { baseUrl: engine.simulator.url, credentials })).toMatchObject({ ok: true });

    const handle = client.workflow.getHandle(connectionWorkflowId(id));
    for (const name of ['keysRefused', 'postureTurned', 'credentialsRotated']) await handle.signal(name, undecodable);
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
    await expect(handle.executeUpdate('pause', { args: [undecodable] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('cannot be decoded') as string },
    });
    expect(await connections.status(id)).toMatchObject({
      lastRotation: { accepted: false, reason: expect.stringContaining('cannot be decoded') as string },
    });
    await connections.disconnect(id);
    await engine.stop();
  });

  test('treats their own workflows as before', async ({ engine }) => {
    const { client } = await startUsers(engine, converter);
    const { taskQueue } = engine;
    const well = await client.workflow.start('listen', { taskQueue, workflowId: engine.newId() });
    await well.signal('say', 'hello');
    expect(await well.result()).toBe('hello');

    const id = engine.newId();
    const stuck = await client.workflow.start('listen', { taskQueue, workflowId: connectionWorkflowId(id) });
    await stuck.signal('say', undecodable);
    expect(await stuckTask(client, id, new AbortController().signal)).toContain('Unknown encoding');
    await stuck.terminate();
  });
});
