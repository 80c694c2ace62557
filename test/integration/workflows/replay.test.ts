import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  Worker,
  type ReplayResult,
  type ReplayWorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, inject, test } from 'vitest';
import { MimecastPlugin } from '../../../worker/plugin.js';
import { logger } from '../../support/runtime.js';
import { recordedHistories, VERSION, type RecordedHistory } from '../../support/histories/recorded-histories.js';

const recorded = await recordedHistories();

const replayOptions = (workflowBundle: WorkflowBundleOption): ReplayWorkerOptions => ({
  workflowBundle,
  // Replay uses neither the database nor the keyring, and neither exists.
  plugins: [new MimecastPlugin({ databaseUrl: 'postgres://127.0.0.1:1/nowhere', keyring: '/nonexistent/ring.json' })],
});

const current = replayOptions({ codePath: inject('workflowBundleFile') });

/** The result of each replay by the name of its history. One worker replays all: to start one takes longer than a replay. */
const replayed = new Map<string, ReplayResult>();
beforeAll(async () => {
  const names = recorded.map(({ name }) => name)[Symbol.iterator]();
  for await (const result of Worker.runReplayHistories(current, recorded))
    replayed.set(names.next().value ?? '', result);
});

const replay = ({ history, workflowId }: RecordedHistory, code = current): Promise<void> =>
  Worker.runReplayHistory(code, history, workflowId);

const byName = recorded.map((run) => [run.name, run] as const);

test.each(byName)('current workflows continue: %s', (name, { workflowId }) => {
  expect(replayed.get(name)).toEqual({ workflowId, runId: expect.any(String) as string, error: undefined });
});

test('this version has a recording of each of its workflows', () => {
  const types = recorded.filter(({ version }) => version === VERSION).map(({ workflowType }) => workflowType);
  expect([...new Set(types)].sort()).toEqual([
    'mimecastBackfillAuditEvents',
    'mimecastConnection',
    'mimecastPollAccount',
    'mimecastPollArchiveSettings',
    'mimecastPollAuditEvents',
    'mimecastPollPolicies',
    'mimecastPollThreatStatistics',
  ]);
});

const one = (name: string): RecordedHistory => {
  const found = recorded.find((run) => run.name.endsWith(name));
  if (!found) throw new Error(`There is no recording "${name}".`);
  return found;
};

test.each([
  ['policies/a poll collects all four lists', 'mimecast.collectEndpoint', 'mimecast.collectAuditPages'],
  ['audit events/a poll takes several batches', 'mimecast.finishPoll', 'mimecast.beginPoll'],
  ['connection/it is polled and then disconnected', 'mimecast.endPolls', 'mimecast.runningPolls'],
])('a history with another activity is rejected: %s', async (name, happened, instead) => {
  const run = one(name);
  const history = historyFromJSON(JSON.parse(run.text.replaceAll(`"${happened}"`, `"${instead}"`)));
  await expect(replay({ ...run, history })).rejects.toThrow(DeterminismViolationError);
});

test('changed workflows are rejected', async () => {
  const workflowsPath = fileURLToPath(new URL('../../support/workflows/changed-workflows.ts', import.meta.url));
  const changed = replayOptions(await bundleWorkflowCode({ workflowsPath, logger }));
  await expect(replay(one('account/a poll collects it'), changed)).rejects.toThrow(DeterminismViolationError);
});

/** The text of a history, with and without its payloads decoded from base64. */
const textOf = ({ text }: RecordedHistory): string =>
  text + text.replaceAll(/"data":"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());

test.each(byName)('names nothing of the machine that recorded it: %s', (_, run) => {
  expect(textOf(run)).toContain(run.workflowId.split('/')[1]);
  expect(textOf(run)).not.toMatch(/\d@|"stackTrace"|node_modules|file:\/|\/(home|Users|root|work|tmp)\//);
});
