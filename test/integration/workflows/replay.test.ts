import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, Worker, type ReplayWorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectionWorkflowId } from '../../../contract/ids.js';
import { MimecastPlugin } from '../../../worker/plugin.js';
import { ago, DAY_MS, startEngine, type Engine } from '../../support/engine.js';
import {
  asRecorded,
  recordedHistories,
  VERSION,
  type RecordedHistory,
} from '../../support/histories/recorded-histories.js';
import { logger } from '../../support/runtime.js';

const WORKFLOWS = [
  'mimecastBackfillAuditEvents',
  'mimecastConnection',
  'mimecastPollAccount',
  'mimecastPollArchiveSettings',
  'mimecastPollAuditEvents',
  'mimecastPollPolicies',
  'mimecastPollThreatStatistics',
] as const;

const recorded = await recordedHistories();

const replayOptions = (workflowBundle: WorkflowBundleOption): ReplayWorkerOptions => ({
  workflowBundle,
  // Replay uses neither the database nor the keyring, and neither exists.
  plugins: [new MimecastPlugin({ databaseUrl: 'postgres://127.0.0.1:1/nowhere', keyring: '/nonexistent/ring.json' })],
});

const current = replayOptions({ codePath: inject('workflowBundleFile') });

let engine: Engine;
/** One run of each workflow, made by this code. */
let runs: RecordedHistory[];
beforeAll(async () => {
  engine = await startEngine({ statistics: true });
  runs = await runEverything(engine);
});
afterAll(() => engine.stop());

/** Connects, fills a range before the first poll reads it, polls every stream, and disconnects. */
async function runEverything(on: Engine): Promise<RecordedHistory[]> {
  const { connections, client } = on;
  const { id } = await on.connect(on.addTenant({ events: 40, from: ago(5 * DAY_MS) }));
  const backfill = await connections.backfill(id, { from: ago(20 * DAY_MS), to: ago(10 * DAY_MS) });
  const polls = await connections.poll(id);
  await connections.disconnect(id);
  const all = [...polls, backfill, { workflowId: connectionWorkflowId(id), runId: undefined }];
  return await Promise.all(
    all.map(async ({ workflowId, runId }) =>
      asRecorded(`now/${workflowId}`, await client.workflow.getHandle(workflowId, runId).fetchHistory()),
    ),
  );
}

const runOf = (workflow: (typeof WORKFLOWS)[number]): RecordedHistory => {
  const found = runs.find(({ workflowType }) => workflowType === workflow);
  if (!found) throw new Error(`There is no run of ${workflow}.`);
  return found;
};

const replay = ({ history, workflowId }: RecordedHistory, code = current): Promise<void> =>
  Worker.runReplayHistory(code, history, workflowId);

const byName = recorded.map((run) => [run.name, run] as const);

test.each(byName)('current workflows continue: %s', async (_, run) => {
  await replay(run);
});

test.each(WORKFLOWS)('a run of %s is replayed by the code that made it', async (workflow) => {
  await replay(runOf(workflow));
});

test.runIf(recorded.some(({ version }) => version === VERSION))('this release has a recording of each workflow', () => {
  const types = recorded.filter(({ version }) => version === VERSION).map(({ workflowType }) => workflowType);
  expect([...new Set(types)].sort()).toEqual([...WORKFLOWS]);
});

test.each([
  ['mimecastPollPolicies', 'mimecast.collectEndpoint', 'mimecast.collectAuditPages'],
  ['mimecastPollAuditEvents', 'mimecast.finishPoll', 'mimecast.beginPoll'],
  ['mimecastConnection', 'mimecast.endPolls', 'mimecast.runningPolls'],
  ['mimecastBackfillAuditEvents', 'mimecast.backfillAuditEvents', 'mimecast.collectAuditPages'],
] as const)('a history of %s with another activity is rejected', async (workflow, happened, instead) => {
  const run = runOf(workflow);
  const history = historyFromJSON(JSON.parse(run.text.replaceAll(`"${happened}"`, `"${instead}"`)));
  await expect(replay({ ...run, history })).rejects.toThrow(DeterminismViolationError);
});

test('a workflow that was changed without a guard is rejected', async () => {
  const workflowsPath = fileURLToPath(new URL('../../support/workflows/changed-workflows.ts', import.meta.url));
  const changed = replayOptions(await bundleWorkflowCode({ workflowsPath, logger }));
  await expect(replay(runOf('mimecastPollAccount'), changed)).rejects.toThrow(DeterminismViolationError);
});

/** The text of a history, with and without its payloads decoded from base64. */
const textOf = ({ text }: RecordedHistory): string =>
  text + text.replaceAll(/"data":"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());

function expectNothingOfTheMachine(run: RecordedHistory): void {
  expect(textOf(run)).toContain(run.workflowId.split('/')[1]);
  expect(textOf(run)).not.toMatch(/\d@|"stackTrace"|node_modules|file:\/|\/(home|Users|root|work|tmp)\//);
}

test.each(byName)('names nothing of the machine that recorded it: %s', (_, run) => {
  expectNothingOfTheMachine(run);
});

test.each(WORKFLOWS)('a recording of %s would name nothing of this machine', (workflow) => {
  expectNothingOfTheMachine(runOf(workflow));
});
