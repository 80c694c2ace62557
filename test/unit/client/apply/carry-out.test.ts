import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { applyDocuments, type ApplyContext, type ApplyOptions } from '../../../../client/apply/apply.js';
import { carryOut, type Changes } from '../../../../client/apply/carry-out.js';
import type { WantedConnection } from '../../../../client/apply/documents.js';
import type { PlannedAction } from '../../../../client/apply/plan.js';
import { MimecastClientError } from '../../../../client/errors.js';
import { defaultSettings } from '../../../../model/settings.js';

const BEFORE = defaultSettings('https://eu-api.mimecast.com');
const WANTED: WantedConnection = {
  connectionId: 'acme',
  document: 0,
  settings: {
    ...BEFORE,
    baseUrl: 'https://us-api.mimecast.com',
    endpointPaths: {},
    thresholds: {},
    coverage: {},
    retention: {},
  },
  keys: { sealed: 'sealed-text', digest: 'digest' },
};
const EDIT: PlannedAction = { action: 'edit', changes: [] };
const ROTATE: PlannedAction = { action: 'rotate', replaces: 1 };

/** A connection that takes new keys and a new base URL, each of them only under a condition. */
function connection(accepts: {
  edit: (calls: readonly string[]) => boolean;
  rotate: (calls: readonly string[]) => boolean;
}) {
  const calls: string[] = [];
  const connections = {
    updateSettings: () => {
      const accepted = accepts.edit(calls);
      calls.push(`edit ${accepted ? 'taken' : 'refused'}`);
      return Promise.resolve({
        connectionId: 'acme',
        accepted,
        settings: BEFORE,
        ...(!accepted && { reason: 'Refused.' }),
      });
    },
    rotate: () => {
      const accepted = accepts.rotate(calls);
      calls.push(`rotate ${accepted ? 'taken' : 'refused'}`);
      return Promise.resolve({ connectionId: 'acme', accepted, ...(!accepted && { reason: 'Refused.' }) });
    },
    resume: () => Promise.reject(new MimecastClientError('no-worker', 'No worker.', 'Start one.')),
  } as unknown as Changes;
  return { calls, connections };
}

const task = (...actions: PlannedAction[]) => ({
  planned: { connectionId: 'acme', actions },
  wanted: WANTED,
  before: BEFORE,
});

describe('a base URL and keys that both change', () => {
  test.each([
    [
      'where the old keys work at the new place',
      { edit: () => true, rotate: () => true },
      ['edit taken', 'rotate taken'],
      [true, true],
    ],
    [
      'where only the new keys work at both places',
      { edit: (calls: readonly string[]) => calls.includes('rotate taken'), rotate: () => true },
      ['edit refused', 'rotate taken', 'edit taken'],
      [true, true],
    ],
    [
      'where neither works without the other',
      { edit: () => false, rotate: () => false },
      ['edit refused', 'rotate refused'],
      [false, false],
    ],
  ])('%s', async (_, accepts, expected, oks) => {
    const { calls, connections } = connection(accepts);
    const results = await carryOut(connections, task(EDIT, ROTATE));
    expect(calls).toEqual(expected);
    expect(results.map(({ action }) => action)).toEqual(['edit', 'rotate']);
    expect(results.map(({ ok }) => ok)).toEqual(oks);
    if (!oks[0]) expect(results[0]?.reason).toContain('temporal-mimecast disconnect acme');
  });
});

test('keys that are refused do not keep other settings from being taken', async () => {
  const { connections } = connection({ edit: () => true, rotate: () => false });
  expect(await carryOut(connections, task(ROTATE, EDIT))).toEqual([
    { connectionId: 'acme', action: 'rotate', ok: false, reason: 'Refused.' },
    { connectionId: 'acme', action: 'edit', ok: true },
  ]);
});

test('a base URL that comes with new keys is sent with them, and not edited, whether they are taken or not', async () => {
  for (const taken of [true, false]) {
    const sent: unknown[] = [];
    const { connections } = connection({ edit: () => true, rotate: () => taken });
    const watching = {
      rotate: (...args: Parameters<Changes['rotate']>) => {
        sent.push(args[1]);
        return connections.rotate(...args);
      },
      updateSettings: (...args: Parameters<Changes['updateSettings']>) => {
        sent.push(args[1]);
        return connections.updateSettings(...args);
      },
    } as Changes;
    const { baseUrl, ...settings } = WANTED.settings;
    const wanted = {
      ...WANTED,
      settings: { ...settings, baseUrl, pagination: { pageSize: 7, tokenIn: 'meta' as const } },
    };
    await carryOut(watching, { ...task({ action: 'rotate', baseUrl }, EDIT), wanted });
    expect(sent).toEqual([{ sealed: 'sealed-text', baseUrl, note: 'apply' }, { pagination: { pageSize: 7 } }]);
  }
});

test('nothing is sent to a connection whose workflow could not be started, and the reason is told', async () => {
  const { calls, connections } = connection({ edit: () => true, rotate: () => true });
  const results = await carryOut(connections, task({ action: 'resume-entity' }, ROTATE));
  expect(results).toEqual([
    { connectionId: 'acme', action: 'resume-entity', ok: false, reason: 'No worker. Start one.' },
  ]);
  expect(calls).toEqual([]);
});

describe('connections that are pruned', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const prune = (disconnect: Changes['disconnect'], options: ApplyOptions) => {
    const list = () => Promise.resolve(ids.map((connectionId) => ({ connectionId, state: 'connected' as const })));
    const context: ApplyContext = {
      connections: { list, disconnect } as ApplyContext['connections'],
      allowLoopback: false,
      now: new Date(),
      requireSealingKey: () => undefined,
      requireWorker: () => Promise.resolve(),
    };
    return applyDocuments(context, [{ connections: {} }], { prune: true, pruneLimit: 5, ...options });
  };

  test('are worked on at most so many at a time, and reported in their order', async () => {
    const state = { now: 0, most: 0 };
    const disconnect = async (id: string): Promise<void> => {
      state.most = Math.max(state.most, ++state.now);
      await delay(5 - ids.indexOf(id));
      state.now--;
    };
    const { results } = await prune(disconnect, { concurrency: 2 });
    expect(results.map(({ connectionId }) => connectionId)).toEqual(ids);
    expect(state.most).toBe(2);
  });

  test('are left alone after an interruption; the one being worked on is finished', async () => {
    const interruption = new AbortController();
    const disconnect = (): Promise<void> => {
      interruption.abort();
      return Promise.resolve();
    };
    const report = await prune(disconnect, { concurrency: 1, signal: interruption.signal });
    expect(report).toMatchObject({ ok: false, interrupted: true, results: [{ connectionId: 'a', ok: true }] });
    expect((await prune(disconnect, { signal: interruption.signal })).results).toEqual([]);
  });
});
