import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { describeSchedules } from '../../../client/inspection.js';

test('no schedule is described when the time is up', async () => {
  const described: string[] = [];
  const getHandle = (id: string) => ({ describe: () => Promise.reject(new Error(`described ${described.push(id)}`)) });
  const withDeadline = (_: number, request: () => Promise<unknown>) => request();
  const client = { schedule: { getHandle }, withDeadline } as unknown as Client;
  const ids = ['a', 'b'];

  expect(await describeSchedules(client, ids, { requestMs: 1_000, until: Date.now() })).toEqual(new Map());
  expect(described).toEqual([]);
  // One that fails is left out.
  expect(await describeSchedules(client, ids, { requestMs: 1_000 })).toEqual(new Map());
  expect(described).toEqual(ids);
});
