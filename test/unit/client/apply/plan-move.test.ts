import { describe, expect, test } from 'vitest';
import type { WantedConnection, WantedKeys, WantedSettings } from '../../../../client/apply/documents.js';
import { planApply, type PlannedAction } from '../../../../client/apply/plan.js';
import type { ListedConnection } from '../../../../client/reports.js';
import { defaultSettings } from '../../../../model/settings.js';

const [URL_1, URL_2] = ['https://eu-api.mimecast.com', 'https://api.services.mimecast.com'];
const [LOOPBACK, OTHER_LOOPBACK] = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];

const KEYS_1: WantedKeys = { credentials: {}, fingerprint: 'print-1', apiVersion: '1.0' };
const KEYS_2: WantedKeys = { credentials: {}, fingerprint: 'print-2', apiVersion: '2.0' };
const SEALED: WantedKeys = { sealed: 'text-2', digest: 'digest-2', fingerprint: 'print-2' };
const SAME: WantedKeys = { sealed: 'text-3', digest: 'digest-3', fingerprint: 'print-3' };

function wanted(baseUrl: string, keys?: WantedKeys, settings: Partial<WantedSettings> = {}): WantedConnection {
  const own = { endpointPaths: {}, thresholds: {}, coverage: {}, retention: {}, statistics: {} };
  const usual = { ...defaultSettings(baseUrl), ...own } as unknown as WantedSettings;
  return { connectionId: 'acme', document: 0, settings: { ...usual, ...settings }, ...(keys && { keys }) };
}

const existing = (baseUrl: string, apiVersion: '1.0' | '2.0' = '1.0'): ListedConnection => ({
  connectionId: 'acme',
  state: 'connected',
  settings: defaultSettings(baseUrl, apiVersion),
  credentials: {
    version: 3,
    state: 'active',
    issuedAt: '2026-09-12T00:00:00.000Z',
    dueAt: '2026-11-26T00:00:00.000Z',
    overdueAt: '2026-12-11T00:00:00.000Z',
    ageDays: 72,
    sealedDigest: 'digest-9',
    fingerprint: 'print-3',
  },
});

const rotation = (baseUrl?: string): PlannedAction => ({
  action: 'rotate',
  replaces: 3,
  ...(baseUrl !== undefined && { baseUrl }),
});
const pageSize: PlannedAction = { action: 'edit', changes: [{ field: 'pagination.pageSize', from: 500, to: 100 }] };

describe('a move to another generation of the API is one rotation, which brings the base URL', () => {
  test.each<[string, WantedConnection, ListedConnection, PlannedAction[]]>([
    ['with keys in clear', wanted(URL_2, KEYS_2), existing(URL_1), [rotation(URL_2)]],
    ['with sealed keys, told by the base URL', wanted(URL_2, SEALED), existing(URL_1), [rotation(URL_2)]],
    [
      'with other settings, which follow it',
      wanted(URL_2, KEYS_2, { pagination: { pageSize: 100, tokenIn: 'meta' } }),
      existing(URL_1),
      [rotation(URL_2), pageSize],
    ],
    ['and back', wanted(URL_1, KEYS_1), existing(URL_2, '2.0'), [rotation(URL_1)]],
    ['between simulators', wanted(OTHER_LOOPBACK, KEYS_2), existing(LOOPBACK), [rotation(OTHER_LOOPBACK)]],
    ['at a simulator that serves both', wanted(LOOPBACK, KEYS_2), existing(LOOPBACK), [rotation()]],
  ])('%s', (_, want, is, actions) => {
    const { plan, problems: problems } = planApply([want], [is]);
    expect(problems).toEqual([]);
    expect(plan.connections[0]?.actions).toEqual(actions);
  });

  test.each<[string, WantedConnection, ListedConnection, string]>([
    ['no keys', wanted(URL_2), existing(URL_1), '1.0'],
    ['the keys that are in use', wanted(URL_2, SAME), existing(URL_1), '1.0'],
    ['no keys for the way back', wanted(URL_1), existing(URL_2, '2.0'), '2.0'],
  ])('and refused with %s', (_, want, is, generation) => {
    const message = `serves another generation of the API than the keys in use are for (${generation}): give new keys with it`;
    expect(planApply([want], [is]).problems).toEqual([
      { document: 0, path: ['connections', 'acme', 'baseUrl'], message },
    ]);
  });
});
