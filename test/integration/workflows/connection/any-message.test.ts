import fc from 'fast-check';
import { expect } from 'vitest';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import * as messages from '../../../../contract/messages.js';
import type { AnyMessage } from '../../../support/messages/any-message.js';
import { anyMessage, RawPayload, sendAny, stuckTask } from '../../../support/messages/any-message.js';
import { problemIn, type Schema } from '../../../../model/schemas.js';
import { disconnectRequest, testRequest } from '../../../../contract/requests/keys.js';
import { pollNowRequest, resumeRequest } from '../../../../contract/requests/polls.js';
import type { Engine } from '../../../support/engine.js';
import { test } from '../../../support/test.js';

type Kind = AnyMessage['kind'];

/** Names of the messages of a connection, with some that it does not know. */
function namesOf(kind: Kind): string[] {
  const known = Object.values<unknown>(messages) as readonly { readonly type: Kind; readonly name: string }[];
  return [
    ...known.flatMap(({ type, name }) => (type === kind ? name : [])),
    'unknown',
    'toString',
    '__temporal_unknown',
  ];
}

const NAMES = { update: namesOf('update'), signal: namesOf('signal'), query: [...namesOf('query'), '__stack_trace'] };

/** Valid messages of these would end the connection, or make calls and start polls. */
const COSTLY: ReadonlyMap<string, () => Schema> = new Map<string, () => Schema>([
  ['disconnect', disconnectRequest],
  ['testConnection', testRequest],
  ['pollNow', pollNowRequest],
  ['resume', resumeRequest],
]);

function isHarmless({ name, args: [request] }: AnyMessage): boolean {
  const schema = COSTLY.get(name);
  return schema === undefined || problemIn(schema, request) !== undefined;
}

/** Fails with the reason when the workflow task of the connection fails, instead of waiting for it for ever. */
async function takesGoodMessages(engine: Engine, id: string): Promise<void> {
  const done = new AbortController();
  const answered = async (): Promise<string> => {
    await engine.client.workflow.getHandle(connectionWorkflowId(id)).query(messages.status);
    await engine.connections.pause(id, { note: 'still here', streams: ['policies'] });
    return '';
  };
  try {
    expect(await Promise.race([answered(), stuckTask(engine.client, id, done.signal)])).toBe('');
  } finally {
    done.abort();
  }
}

/** Nearly as long as the server takes a payload. */
const LONG = 'x'.repeat(1_900_000);

const EMPTY = new RawPayload('binary/encrypted', Buffer.from('x'));

test.for<AnyMessage>([
  { kind: 'update', name: 'pollNow', args: [{ streams: 'policies' }] },
  { kind: 'update', name: 'resume', args: [7] },
  { kind: 'update', name: 'pollNow', args: [{ streams: Array(5_000).fill('policies') }] },
  { kind: 'update', name: 'resume', args: [{ streams: null }] },
  { kind: 'update', name: 'pause', args: [{ streams: null }] },
  { kind: 'update', name: 'pause', args: [EMPTY] },
  { kind: 'update', name: 'annotate', args: [{ owner: 'a\0b' }] },
  { kind: 'update', name: '__temporal_x', args: [EMPTY] },
  { kind: 'signal', name: 'postureTurned', args: [{ at: 'x', worst: {}, summary: null, failing: [] }] },
  { kind: 'signal', name: 'keysRefused', args: [EMPTY] },
  { kind: 'signal', name: 'keysRefused', args: [new RawPayload('json/plain', Buffer.from('{'))] },
  { kind: 'signal', name: 'credentialsRotated', args: [EMPTY] },
  { kind: 'signal', name: 'credentialsRotated', args: [] },
  { kind: 'signal', name: 'credentialsRotated', args: [{ sealed: LONG }] },
  { kind: 'update', name: 'rotateCredentials', args: [{ sealed: LONG }] },
  { kind: 'signal', name: 'unknown', args: [EMPTY] },
  { kind: 'signal', name: '__temporal_x', args: [EMPTY] },
  { kind: 'query', name: 'status', args: [EMPTY] },
  { kind: 'query', name: 'unknown', args: [EMPTY] },
  { kind: 'query', name: '__temporal_x', args: [EMPTY] },
])('%#: $kind $name leaves the connection working', async (message, { engine }) => {
  const { id } = await engine.connect();
  await sendAny(engine.client, id, message);
  await takesGoodMessages(engine, id);
});

test('no message at all stops a connection', async ({ engine }) => {
  const batches = fc.array(anyMessage(NAMES, isHarmless), { minLength: 30, maxLength: 30, size: 'max' });
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const { id } = await engine.connect();
      for (const message of batch) await sendAny(engine.client, id, message);
      await takesGoodMessages(engine, id);
    }),
    { numRuns: 4 },
  );
});
