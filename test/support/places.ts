import type { Client } from '@temporalio/client';
import { connectionWorkflowId, pollScheduleId } from '../../contract/ids.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import type { TestDatabase } from './database.js';

/** Everywhere where something of a connection is kept or shown, as text that can be searched. */

/** All texts and bytes in a value, whatever its shape. Payloads are bytes: they are decoded. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(readable).join('\n');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, entry]) => `${key}: ${readable(entry)}`)
    .join('\n');
}

/** Text of one run in Temporal: every event, the data that the UI shows, and pending attempts. */
export async function runText(client: Client, workflowId: string, runId: string): Promise<string> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const { raw } = await handle.describe();
  const metadata = await handle.query('__temporal_workflow_metadata');
  return readable([raw, await handle.fetchHistory(), metadata]);
}

export interface KnownRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** All runs of a task queue, once the server lists those that are known. */
export async function runsOf(client: Client, taskQueue: string, known: readonly KnownRun[]): Promise<KnownRun[]> {
  for (;;) {
    const runs: KnownRun[] = [];
    const query = `TaskQueue = '${taskQueue}'`;
    for await (const { workflowId, runId } of client.workflow.list({ query })) runs.push({ workflowId, runId });
    if (known.every(({ runId }) => runs.some((run) => run.runId === runId))) return runs;
  }
}

/** The runs of a connection's workflow, the first one first: each began the next. */
export async function connectionRuns(client: Client, connectionId: string): Promise<KnownRun[]> {
  const workflowId = connectionWorkflowId(connectionId);
  const runs: KnownRun[] = [];
  let runId: string | undefined;
  do {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [description, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
    runs.unshift({ workflowId, runId: description.runId });
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  } while (runId !== '');
  return runs;
}

export async function schedulesText(client: Client, connectionId: string): Promise<string> {
  const schedules = POLLED_STREAMS.map((stream) => client.schedule.getHandle(pollScheduleId(connectionId, stream)));
  return readable(await Promise.all(schedules.map(async (schedule) => (await schedule.describe()).raw)));
}

/** Every column of every table, by the table's name. */
export async function tableTexts(database: TestDatabase): Promise<Map<string, string>> {
  const columns = await database.query<{ table: string; column: string; type: string }>(
    `select table_name as table, column_name as column, data_type as type
       from information_schema.columns where table_schema = 'mimecast' order by 1, ordinal_position`,
  );
  const texts = new Map<string, string>();
  for (const { table, column, type } of columns) {
    const text = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const rows = await database.query<{ text: string | null }>(`select ${text} as text from mimecast."${table}"`);
    texts.set(table, [texts.get(table) ?? '', ...rows.map((row) => row.text ?? '')].join('\n'));
  }
  return texts;
}

/** The ways in which a secret may be written: as it is, in base64 at any place of a longer text, escaped. */
export function formsOf(secret: string): string[] {
  const base64 = ['', ' ', '  '].map((before) => {
    const whole = Buffer.from(before + secret).toString('base64');
    // The characters at both ends depend on the text around the secret.
    return whole.slice(before === '' ? 0 : 4, -4);
  });
  const safe = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = Buffer.from(secret).toString('hex');
  return [...new Set([secret, ...base64, ...safe, hex, encodeURIComponent(secret)])];
}
