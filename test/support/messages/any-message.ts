import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { RawValue } from '@temporalio/common';
import proto from '@temporalio/proto';
import fc from 'fast-check';
import { connectionWorkflowId } from '../../../contract/ids.js';
import { until } from '../until.js';

/** A message as anyone with access to the namespace can send it. */
export interface AnyMessage {
  readonly kind: 'update' | 'signal' | 'query';
  readonly name: string;
  /** JSON values, and raw payloads. */
  readonly args: readonly unknown[];
}

/** Payload of a codec or a converter that no worker of the tests has, or none at all. */
export class RawPayload {
  readonly payload: Payload;

  constructor(encoding: string | undefined, data: Uint8Array) {
    const metadata = encoding === undefined ? {} : { encoding: Buffer.from(encoding) };
    this.payload = { metadata, data };
  }

  toJSON(): unknown {
    const { metadata, data } = this.payload;
    return { encoding: Buffer.from(metadata?.['encoding'] ?? []).toString(), data: Buffer.from(data ?? []).toString() };
  }
}

const encodings = fc.constantFrom(undefined, 'json/plain', 'json/protobuf', 'binary/plain', 'binary/encrypted', '');
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('{', 'null', '{"streams":null}', '[]').map((text) => Buffer.from(text)),
);

/** A payload that few workers can decode. */
const rawPayloads = fc.tuple(encodings, bytes).map(([encoding, data]) => new RawPayload(encoding, data));

/** Fields of messages, with values of every kind: most of such messages are nearly valid. */
const fields = fc.dictionary(
  fc.constantFrom(
    ...['streams', 'note', 'actor', 'sealed', 'issuedAt', 'settings', 'baseUrl', 'findRegion', 'version', 'stream'],
    ...['runId', 'at', 'worst', 'summary', 'failing', 'turnsAt', 'annotationId', 'controlId', 'kind', 'owner'],
    ...['reason', 'expiresAt', 'file', 'thresholds', 'coverage', 'endpointPaths', '__proto__', 'toString'],
  ),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<unknown>(null, 'a\0b', '', 'policies', 1, 2 ** 53, '2026-09-01', {}, [], ['policies', 'policies']),
    fc.constant('x'.repeat(20_000)),
    fc.constant(Array(5_000).fill('policies')),
  ),
  { maxKeys: 4 },
);

const args = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => [value]) },
  { weight: 4, arbitrary: fields.map((value) => [value]) },
  {
    weight: 3,
    arbitrary: fc.array(fc.oneof(rawPayloads, fc.jsonValue({ maxDepth: 1 })), { minLength: 1, maxLength: 3 }),
  },
);

/** @param isHarmless excludes messages that rightly end the entity, or that cost calls to the vendor */
export function anyMessage(
  names: Readonly<Record<AnyMessage['kind'], readonly string[]>>,
  isHarmless: (message: AnyMessage) => boolean,
): fc.Arbitrary<AnyMessage> {
  const ofKind = (kind: AnyMessage['kind']): fc.Arbitrary<AnyMessage> =>
    fc.record({ kind: fc.constant(kind), name: fc.constantFrom(...names[kind]), args });
  return fc.oneof(ofKind('update'), ofKind('signal'), ofKind('query')).filter(isHarmless);
}

/** Sends a message, and waits for the answer to an update or a query. Every answer is good, refusals included. */
export async function sendAny(client: Client, id: string, { kind, name, args: sent }: AnyMessage): Promise<void> {
  const handle = client.workflow.getHandle(connectionWorkflowId(id));
  const values = sent.map((arg) => (arg instanceof RawPayload ? RawValue.fromPayload(arg.payload) : arg));
  if (kind === 'signal') {
    await handle.signal(name, ...values);
    return;
  }
  const answered =
    kind === 'query'
      ? handle.query(name, ...values)
      : handle.executeUpdate<unknown, [unknown, ...unknown[]]>(name, {
          args: values as [unknown, ...unknown[]],
          updateId: randomUUID(),
        });
  await answered.catch(() => undefined);
}

/** Waits until the workflow task of a connection fails again and again. @returns its failure */
export async function stuckTask(client: Client, id: string, signal: AbortSignal): Promise<string> {
  let reason = '';
  await until(async () => {
    if (signal.aborted) return true;
    const handle = client.workflow.getHandle(connectionWorkflowId(id));
    const { raw } = await handle.describe();
    const isStuck = (raw.pendingWorkflowTask?.attempt ?? 1) > 2;
    if (isStuck) reason = await lastTaskFailure(client, id);
    return isStuck;
  });
  return reason;
}

const { EVENT_TYPE_WORKFLOW_TASK_FAILED } = proto.temporal.api.enums.v1.EventType;

async function lastTaskFailure(client: Client, id: string): Promise<string> {
  const { events } = await client.workflow.getHandle(connectionWorkflowId(id)).fetchHistory();
  const failed = events?.findLast(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_FAILED);
  return failed?.workflowTaskFailedEventAttributes?.failure?.message ?? 'the reason is not in the history';
}
