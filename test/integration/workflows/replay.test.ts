import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, test } from 'vitest';
import { MimecastPlugin } from '../../../worker/plugin.js';
import { logger } from '../../support/runtime.js';
import { recordedHistories, VERSION, type RecordedHistory } from '../../support/histories/recorded-histories.js';

const recorded = await recordedHistories();

const bundleOf = async (file: URL | string): Promise<ReplayWorkerOptions> => ({
  workflowBundle: await bundleWorkflowCode({ workflowsPath: fileURLToPath(file), logger }),
  // Neither is there: replay needs no database and no ring.
  plugins: [new MimecastPlugin({ databaseUrl: 'postgres://127.0.0.1:1/nowhere', keyring: '/nonexistent/ring.json' })],
});

let current: ReplayWorkerOptions;
beforeAll(async () => {
  current = await bundleOf(import.meta.resolve('@surecloud/temporal-mimecast/workflows'));
});

const replay = ({ history, workflowId }: RecordedHistory, code = current): Promise<void> =>
  Worker.runReplayHistory(code, history, workflowId);

const byName = recorded.map((run) => [run.name, run] as const);

test.each(byName)('the workflows of today go on from: %s', async (_, run) => {
  await replay(run);
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
])('a history in which something else happened is refused: %s', async (name, happened, instead) => {
  const run = one(name);
  const history = historyFromJSON(JSON.parse(run.text.replaceAll(`"${happened}"`, `"${instead}"`)));
  await expect(replay({ ...run, history })).rejects.toThrow(DeterminismViolationError);
});

test('workflows that do something else than they did are refused', async () => {
  const changed = await bundleOf(new URL('../../support/workflows/changed-workflows.ts', import.meta.url));
  await expect(replay(one('account/a poll collects it'), changed)).rejects.toThrow(DeterminismViolationError);
});

/** Both as it is written and as it is decoded, because payloads are base64. */
const textOf = ({ text }: RecordedHistory): string =>
  text + text.replaceAll(/"data":"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());

test.each(byName)('nothing of the machine that recorded it is in: %s', (_, run) => {
  expect(textOf(run)).toContain(run.workflowId.split('/')[1]);
  expect(textOf(run)).not.toMatch(/\d@|"stackTrace"|node_modules|file:\/|\/(home|Users|root|work|tmp)\//);
});
