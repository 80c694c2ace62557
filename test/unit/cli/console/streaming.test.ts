import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { recordText, writeJsonArray, writeJsonLines } from '../../../../cli/console/streaming.js';
import { Recorder } from '../../../support/cli/recorded-terminal.js';
import type { ExportRecord } from '../../../../evidence/export.js';

const BODY = '{"auditType":"Logon","id":"a","user":"user@example.com"}';

const record = (body = BODY): ExportRecord => ({
  type: 'event',
  connectionId: 'acme',
  eventTime: new Date('2026-11-23T06:00:00Z'),
  sha256: createHash('sha256').update(body).digest('hex'),
  windowId: '7',
  restart: 0,
  page: 1,
  body,
});

async function* several(count: number, seen = { read: 0 }): AsyncGenerator<ExportRecord> {
  for (; seen.read < count; seen.read++) yield await Promise.resolve(record());
}

const forever = new AbortController().signal;

test('a line holds the body byte for byte, so that its digest can be checked from the file alone', () => {
  const body = '{"b":1.0,"a":"\\u0000é"}';
  const text = recordText(record(body));
  expect(text.slice(text.indexOf('"body":') + '"body":'.length, -1)).toBe(body);
  expect(JSON.parse(text)).toMatchObject({ eventTime: '2026-11-23T06:00:00.000Z', body: { b: 1 } });
});

test('an observation without a body is a line all the same', () => {
  const observation: ExportRecord = {
    type: 'observation',
    connectionId: 'acme',
    observationId: '1',
    stream: 'policies',
    endpoint: 'url-protect',
    outcome: 'unavailable',
    observedAt: new Date(0),
    droppedFields: [],
  };
  expect(JSON.parse(recordText(observation))).toMatchObject({ outcome: 'unavailable' });
});

test.each([0, 1, 3000])('%d records are as many lines, or one array', async (count) => {
  const lines = new Recorder();
  await writeJsonLines(several(count), lines, forever);
  expect(lines.text.split('\n')).toHaveLength(count + 1);

  const array = new Recorder();
  await writeJsonArray(several(count), array, forever);
  expect(JSON.parse(array.text)).toHaveLength(count);
});

test('an array that could not be read to its end cannot be taken for whole', async () => {
  async function* broken(): AsyncGenerator<ExportRecord> {
    yield* several(3000);
    throw new Error('Postgres went away');
  }
  const array = new Recorder();
  await expect(writeJsonArray(broken(), array, forever)).rejects.toThrow('Postgres went away');
  expect(() => JSON.parse(array.text) as unknown).toThrow(SyntaxError);
});

test('a failure before the first record leaves the output empty for its own document', async () => {
  // eslint-disable-next-line require-yield -- a source that fails before it has anything is the point
  async function* broken(): AsyncGenerator<ExportRecord> {
    await Promise.resolve();
    throw new Error('no database');
  }
  const array = new Recorder();
  await expect(writeJsonArray(broken(), array, forever)).rejects.toThrow('no database');
  expect(array.text).toBe('');
});

test('records are read no faster than they are taken', async () => {
  const seen = { read: 0 };
  let pieces = 0;
  const stuck = new Writable({
    highWaterMark: 1,
    write() {
      pieces += 1;
      stuck.emit('stuck');
    },
  });
  const stop = new AbortController();
  const writing = writeJsonLines(several(1_000_000, seen), stuck, stop.signal);
  await once(stuck, 'stuck');
  for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate);
  expect(pieces).toBe(1);
  expect(seen.read).toBeLessThan(20_000);

  stop.abort();
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
});

test('a reader that closes the pipe early is no failure', async () => {
  const closed = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  await expect(writeJsonLines(several(10_000), closed, forever)).resolves.toBeUndefined();
});
