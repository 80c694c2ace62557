import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { parse } from 'shell-quote';
import { describe, expect, inject } from 'vitest';
import { connectionHealth } from '../../../client/connection-health.js';
import { MimecastConnections } from '../../../client/connections.js';
import { connectionWorkflowId } from '../../../contract/ids.js';
import type { ConnectionSettings } from '../../../model/settings.js';
import { findTemporalCli } from '../../../sandbox/temporal-cli.js';
import { MimecastBundlerPlugin } from '../../../worker/bundler-plugin.js';
import { startEngine, type Engine } from '../../support/engine.js';
import { run } from '../../support/cli/run.js';
import { environmentOf } from '../../support/engine.js';
import { until } from '../../support/until.js';
import { stuckTask } from '../../support/messages/any-message.js';
import { logger } from '../../support/runtime.js';
import { test } from '../../support/test.js';

const FRAGILE = fileURLToPath(new URL('../../support/workflows/fragile-connection.ts', import.meta.url));

const failingOf = async ({ connections }: Engine, id: string) =>
  (await connections.list()).find(({ connectionId }) => connectionId === id);

/** Waits until a connection that was just opened has continued in a new run, and that run waits for messages. */
async function untilAtRest({ client }: Engine, id: string): Promise<void> {
  await until(async () => {
    const { raw, runId } = await client.workflow.getHandle(connectionWorkflowId(id)).describe();
    const { pendingActivities, pendingWorkflowTask, workflowExecutionInfo } = raw;
    const isBusy = Boolean(pendingWorkflowTask) || (pendingActivities ?? []).length > 0;
    return !isBusy && workflowExecutionInfo?.firstRunId !== runId;
  });
}

/** Runs a command of the Temporal CLI as an operator does. */
async function temporal(command: string): Promise<void> {
  const [, ...args] = parse(command).map(String);
  const { path } = await findTemporalCli({ log: () => undefined });
  await promisify(execFile)(path, args, { env: { ...process.env, TEMPORAL_ADDRESS: inject('temporalAddress') } });
}

test('a connection whose workflow task fails is listed as failing, and the printed command gets it going again', async ({
  folder,
}) => {
  const { code } = await bundleWorkflowCode({ workflowsPath: FRAGILE, logger, plugins: [new MimecastBundlerPlugin()] });
  const codePath = join(folder, 'bundle.js');
  await writeFile(codePath, code);
  const engine = await startEngine({ worker: { workflowBundle: { codePath } } });
  const { id } = await engine.connect();
  const { id: well } = await engine.connect();
  expect(await engine.connections.status(id)).not.toHaveProperty('failing');

  await untilAtRest(engine, id);
  await engine.client.workflow.getHandle(connectionWorkflowId(id)).signal('stumble');
  expect(await stuckTask(engine.client, id, new AbortController().signal)).toBe('stumbled');

  const command = expect.stringContaining('temporal workflow reset') as string;
  const failing = { what: 'workflow', reason: expect.stringMatching(/has failed \d+ times/) as string, fix: command };
  const listed = await failingOf(engine, id);
  expect(listed).toMatchObject({ state: 'connected', failing });
  expect(listed && connectionHealth(listed)).toEqual({ health: 'failing', why: 'its workflow fails' });
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected', failing });
  expect(await failingOf(engine, well)).not.toHaveProperty('failing');

  const { client, taskQueue } = engine;
  const withoutStore = new MimecastConnections({ client, taskQueue });
  expect(await withoutStore.status(id)).toMatchObject({ failing });

  const env = environmentOf(engine, join(folder, 'no-ring.json'));
  expect((await run(['doctor', id], env)).stdout).toContain(listed?.failing?.fix);
  expect((await run(['list'], env)).stdout).toContain(listed?.failing?.fix);
  expect((await run(['status', id], env)).stdout).toContain(listed?.failing?.fix);

  await temporal(listed?.failing?.fix ?? '');
  await until(async () => !(await failingOf(engine, id))?.failing);
  expect(await engine.connections.pause(id, { note: 'works again', streams: ['policies'] })).toMatchObject({
    state: 'connected',
    pausedFor: ['operator'],
  });
  expect(await failingOf(engine, id)).not.toHaveProperty('failing');
  await engine.stop();
});

describe('a connection whose row cannot be read', () => {
  const rows: readonly (readonly [string, string, RegExp, object])[] = [
    [
      'page size',
      `settings = jsonb_set(settings::jsonb, '{pagination,pageSize}', '"many"')`,
      /--page-size/,
      { pagination: { pageSize: 100, tokenIn: 'meta' } },
    ],
    [
      'stream',
      `settings = jsonb_set(settings::jsonb, '{streams,policies}', '7')`,
      /--/,
      { pagination: { pageSize: 100, tokenIn: 'meta' } },
    ],
    ['settings', `settings = '[]'`, /--base-url/, {}],
    ['pauses', `pauses = '{"policies": 7}'`, /--page-size/, { pagination: { pageSize: 100, tokenIn: 'meta' } }],
  ];

  test.for(rows)(
    '%s: is failing with the edit that fixes it, and the others are listed',
    async ([, change, option, edit], { engine }) => {
      const { id } = await engine.connect();
      const { id: well } = await engine.connect();
      await engine.database.query(`update mimecast.connections set ${change} where connection_id = $1`, [id]);

      const failing = { what: 'row', fix: expect.stringMatching(option) as string };
      expect(await failingOf(engine, id)).toMatchObject({ failing });
      expect(await engine.connections.status(id)).toMatchObject({ failing });
      expect(await failingOf(engine, well)).not.toHaveProperty('failing');
      const [poll] = await engine.connections.poll(well, ['account']);
      expect(poll).toMatchObject({ outcome: 'collected' });
      await expect(engine.connections.poll(id, ['account'])).rejects.toThrow(/cannot be read/);

      const settings = { baseUrl: engine.simulator.url, ...edit } as Partial<ConnectionSettings>;
      expect(await engine.connections.updateSettings(id, settings)).toMatchObject({ accepted: true });
      expect(await failingOf(engine, id)).not.toHaveProperty('failing');
      expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
    },
  );

  test('a row of another release is read: unknown fields are ignored, missing ones have their default', async ({
    engine,
  }) => {
    const { id } = await engine.connect();
    await engine.database.query(
      `update mimecast.connections
          set settings = (settings::jsonb - 'pagination' - 'apiVersion') || '{"colour": "blue", "endpointPaths": {"unheard-of": "/api/x"}}'
        where connection_id = $1`,
      [id],
    );
    expect(await failingOf(engine, id)).toMatchObject({
      settings: { apiVersion: '1.0', pagination: { pageSize: 500 } },
    });
    expect(await failingOf(engine, id)).not.toHaveProperty('failing');
    expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  });

  test('a password in a base URL is shown nowhere', async ({ engine }) => {
    const { id } = await engine.connect();
    const change = `settings = jsonb_set(settings::jsonb, '{baseUrl}', '"https://user:canary-9@eu-api.mimecast.com"')`;
    await engine.database.query(`update mimecast.connections set ${change} where connection_id = $1`, [id]);
    const shown = JSON.stringify([await engine.connections.list(), await engine.connections.status(id)]);
    expect(shown).toContain('--base-url');
    expect(shown).not.toContain('canary-9');
  });
});
