import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsChange } from '../../../../client/apply/changes.js';
import type { WantedConnection, WantedKeys, WantedSettings } from '../../../../client/apply/documents.js';
import { planApply, type PlannedAction, type PlannedConnection } from '../../../../client/apply/plan.js';
import type { CredentialReport, ListedConnection } from '../../../../client/reports.js';
import { settingsChange as settingsChangeSchema } from '../../../../contract/requests/settings.js';
import { problemIn } from '../../../../model/schemas.js';
import { changedSettings } from '../../../../model/settings.js';
import { defaultSettings } from '../../../../model/settings.js';
import { POLLED_STREAMS } from '../../../../model/streams.js';

const BASE_URL = 'https://eu-api.mimecast.com';
const USUAL = {
  ...defaultSettings(BASE_URL),
  endpointPaths: {},
  thresholds: {},
  coverage: {},
  retention: {},
} as unknown as WantedSettings;
const SEALED = { sealed: 'text-1', digest: 'digest-1', fingerprint: 'print-1' } as const;
const FOREIGN = { sealed: 'text-1', digest: 'digest-1' } as const;
const CLEAR = { credentials: {}, fingerprint: 'print-1', apiVersion: '1.0' } as const;

const wanted = (changes: Partial<WantedConnection> = {}): WantedConnection => ({
  connectionId: 'acme',
  document: 0,
  settings: USUAL,
  keys: SEALED,
  ...changes,
});

const held = (changes: Partial<CredentialReport> = {}): CredentialReport => ({
  version: 3,
  state: 'active',
  issuedAt: '2026-09-12T00:00:00.000Z',
  dueAt: '2026-11-26T00:00:00.000Z',
  overdueAt: '2026-12-11T00:00:00.000Z',
  ageDays: 72,
  sealedDigest: 'digest-1',
  fingerprint: 'print-1',
  ...changes,
});

const existing = (changes: Partial<ListedConnection> = {}): ListedConnection => ({
  connectionId: 'acme',
  state: 'connected',
  baseUrl: BASE_URL,
  settings: defaultSettings(BASE_URL),
  account: { code: 'CUSA35A403' },
  credentials: held(),
  ...changes,
});

/** The actions for one connection, by their names. */
function actionsFor(want: WantedConnection, is?: ListedConnection): string[] {
  const { plan, problems: problems } = planApply([want], is ? [is] : []);
  expect(problems).toEqual([]);
  return plan.connections.flatMap(({ actions }) => actions.map(({ action }) => action));
}

const EDITED = { settings: { ...USUAL, pagination: { pageSize: 100, tokenIn: 'meta' } } } as const;
const MOVED = { settings: { ...USUAL, baseUrl: 'https://us-api.mimecast.com' } };
const OTHER_KEYS: WantedKeys = { credentials: {}, fingerprint: 'print-2', apiVersion: '1.0' };

const MOVED_TO_2 = { settings: { ...USUAL, baseUrl: 'https://api.services.mimecast.com' } };
const withoutKeys = (changes: Partial<WantedConnection> = {}): WantedConnection => {
  const { keys, ...rest } = wanted(changes);
  expect(keys).toBeDefined();
  return rest;
};

describe('what is planned for a connection', () => {
  test.each<[string, WantedConnection, ListedConnection | undefined, string[]]>([
    ['that is what it should be', wanted(), existing(), []],
    ['that is not there', wanted(), undefined, ['connect']],
    ['that was disconnected', wanted(), existing({ state: 'disconnected' }), ['connect']],
    ['that is being disconnected', wanted(), existing({ state: 'disconnecting' }), ['connect']],
    ['whose keys are refused, with the same keys', wanted(), existing({ state: 'refused' }), []],
    ['whose keys are refused, with others', wanted({ keys: OTHER_KEYS }), existing({ state: 'refused' }), ['rotate']],
    ['with other settings', wanted(EDITED), existing(), ['edit']],
    ['without keys in the document', { ...wanted(EDITED), keys: undefined } as never, existing(), ['edit']],
    ['with other keys', wanted({ keys: OTHER_KEYS }), existing(), ['rotate']],
    ['with the same keys, in clear', wanted({ keys: CLEAR }), existing(), []],
    ['with the same keys, sealed anew', wanted({ keys: { ...SEALED, digest: 'digest-2' } }), existing(), []],
    ['with the same sealed text, without a fingerprint', wanted({ keys: FOREIGN }), existing(), []],
    [
      'with another sealed text, without a fingerprint',
      wanted({ keys: { ...FOREIGN, digest: 'digest-2' } }),
      existing(),
      ['rotate'],
    ],
    [
      'whose keys have no fingerprint yet',
      wanted({ keys: CLEAR }),
      existing({ credentials: without(held(), 'fingerprint') }),
      ['rotate'],
    ],
    [
      'with keys that were rejected before',
      wanted(),
      existing({ credentials: held({ state: 'rejected' }) }),
      ['rotate'],
    ],
    ['with keys that still wait for their proof', wanted(), existing({ credentials: held({ state: 'pending' }) }), []],
    ['with other keys and settings', wanted({ ...EDITED, keys: OTHER_KEYS }), existing(), ['rotate', 'edit']],
    ['with other keys and another base URL', wanted({ ...MOVED, keys: OTHER_KEYS }), existing(), ['edit', 'rotate']],
    ['whose workflow is missing', wanted(EDITED), existing({ workflowMissing: true }), ['resume-entity', 'edit']],
  ])('%s', (_, want, is, actions) => {
    expect(actionsFor(want, is)).toEqual(actions);
  });

  test.each<[string, WantedConnection, ListedConnection | undefined, string[]]>([
    ['is not there', withoutKeys(), undefined, ['connect']],
    ['was disconnected', withoutKeys(), existing({ state: 'disconnected' }), ['connect']],
    ['is there', withoutKeys(), existing(), []],
    ['is there with other settings', withoutKeys(EDITED), existing(), ['edit']],
    ['moves within its API', withoutKeys(MOVED), existing(), ['edit']],
    ['moves to the other API', withoutKeys(MOVED_TO_2), existing(), ['rotate']],
  ])('whose keys were not fetched, when it %s, says so and finds nothing wrong', (_, want, is, actions) => {
    const unfetchedKeys = new Map([['acme', 'not fetched']]);
    const { plan, problems } = planApply([want], is ? [is] : [], { unfetchedKeys });
    expect(problems).toEqual([]);
    expect(plan.connections).toMatchObject([{ connectionId: 'acme', notes: ['not fetched'], keysUnknown: true }]);
    expect(plan.connections[0]?.actions.map(({ action }) => action)).toEqual(actions);
  });

  test('names each setting that changes, as it is called in a document, with what it was and will be', () => {
    const before = existing({
      settings: {
        ...defaultSettings(BASE_URL),
        endpointPaths: { 'url-protect': '/api/a' },
        thresholds: { retentionDays: 2555 },
        coverage: { domains: ['acme.example'], groups: ['finance'] },
        retention: { eventBodiesDays: 180, verdictsDays: 730 },
        refusals: { confirmAfterMs: 1 },
      },
    });
    const settings: WantedSettings = {
      ...USUAL,
      baseUrl: 'https://us-api.mimecast.com',
      streams: { ...USUAL.streams, policies: { enabled: false, everyMs: 5_400_000 } },
      endpointPaths: { account: '/api/b' },
      coverage: { domains: ['acme.example', 'acme.test'] },
      retention: { eventBodiesDays: 90 },
    };
    const [planned] = planApply([wanted({ settings })], [before]).plan.connections;
    expect(planned?.actions).toEqual([
      {
        action: 'edit',
        changes: [
          { field: 'baseUrl', from: BASE_URL, to: 'https://us-api.mimecast.com' },
          { field: 'streams.policies.enabled', from: true, to: false },
          { field: 'streams.policies.every', from: '24h', to: '90m' },
          { field: 'endpointPaths.url-protect', from: '/api/a' },
          { field: 'endpointPaths.account', to: '/api/b' },
          { field: 'thresholds.retentionDays', from: 2555 },
          { field: 'coverage.domains', from: 'acme.example', to: 'acme.example, acme.test' },
          { field: 'coverage.groups', from: 'finance' },
          { field: 'retention.eventBodiesDays', from: 180, to: 90 },
          { field: 'retention.verdictsDays', from: 730 },
        ],
      },
    ]);
    expect(before.settings && settingsChange(before.settings, settings)).toEqual({
      baseUrl: 'https://us-api.mimecast.com',
      streams: { policies: { enabled: false, everyMs: 5_400_000 } },
      endpointPaths: { 'url-protect': null, account: '/api/b' },
      thresholds: { retentionDays: null },
      coverage: { domains: ['acme.example', 'acme.test'], groups: null },
      retention: { eventBodiesDays: 90, verdictsDays: null },
    });
  });

  test('says what somebody should know and apply does nothing about', () => {
    const notes = (want: WantedConnection, is: ListedConnection) => planApply([want], [is]).plan.connections[0]?.notes;
    expect(notes(wanted(), existing({ state: 'refused' }))?.join()).toContain('refused');
    expect(notes(wanted({ issuedAt: new Date('2026-10-01') }), existing())?.join()).toContain('stays 2026-09-12');
    expect(notes(wanted({ issuedAt: new Date('2026-09-12') }), existing())).toBeUndefined();
    expect(notes(wanted(), without(existing({ state: 'starting' }), 'settings'))?.join()).toContain(
      'just being started',
    );
  });
});

describe('what cannot be brought about is a fault at its place', () => {
  const unpinned = without(existing(), 'account');
  test.each<[string, WantedConnection, ListedConnection | undefined, string, string]>([
    [
      'another account than the one that is pinned',
      wanted({ expectedAccount: 'CUK12A9' }),
      existing(),
      'expectedAccount',
      'is CUK12A9, but acme holds evidence of CUSA35A403.',
    ],
    [
      'the same, after a disconnect',
      wanted({ expectedAccount: 'CUK12A9' }),
      existing({ state: 'disconnected' }),
      'expectedAccount',
      'is CUK12A9, but acme holds evidence of CUSA35A403.',
    ],
    [
      'an account that is expected too late',
      wanted({ expectedAccount: 'CUK12A9' }),
      unpinned,
      'expectedAccount',
      'temporal-mimecast disconnect acme',
    ],
    ['a new connection without keys', without(wanted(), 'keys'), undefined, 'acme', 'needs keys'],
  ])('%s', (_, want, is, field, message) => {
    const { problems: problems } = planApply([want], is ? [is] : []);
    expect(problems).toMatchObject([{ document: 0, message: expect.stringContaining(message) as unknown }]);
    expect(problems[0]?.path.at(-1)).toBe(field);
  });

  test('but not an account that is the pinned one, or was expected from the start', () => {
    expect(actionsFor(wanted({ expectedAccount: 'CUSA35A403' }), existing())).toEqual([]);
    const settings = { ...defaultSettings(BASE_URL), expectedAccount: 'CUK12A9' };
    expect(actionsFor(wanted({ expectedAccount: 'CUK12A9' }), { ...unpinned, settings })).toEqual([]);
  });
});

describe('connections that are in no document', () => {
  const others = [
    existing({ connectionId: 'zeta' }),
    existing({ connectionId: 'beta', workflowMissing: true }),
    existing({ connectionId: 'gone', state: 'disconnected' }),
    existing({ connectionId: 'going', state: 'disconnecting' }),
    existing(),
  ];

  test('are left alone and named', () => {
    const { plan } = planApply([wanted()], others);
    expect(plan).toEqual({ connections: [{ connectionId: 'acme', actions: [] }], unmanaged: ['beta', 'zeta'] });
  });

  test('are disconnected when that is asked for', () => {
    const { plan } = planApply([wanted()], others, { prune: true });
    expect(plan).toEqual({
      connections: [
        { connectionId: 'acme', actions: [] },
        { connectionId: 'beta', actions: [{ action: 'resume-entity' }, { action: 'disconnect' }] },
        { connectionId: 'zeta', actions: [{ action: 'disconnect' }] },
      ],
      unmanaged: [],
    });
  });

  test('and those that are, are left out when only others are asked for', () => {
    const { plan } = planApply([wanted(EDITED)], others, { prune: true, only: ['zeta'] });
    expect(plan.connections.map(({ connectionId }) => connectionId)).toEqual(['zeta']);
  });
});

test('after any plan has been carried out, the same documents plan nothing', () => {
  fc.assert(
    fc.property(fc.uniqueArray(world(), { selector: ({ id }) => id, maxLength: 8 }), fc.boolean(), (worlds, prune) => {
      const want = worlds.flatMap(({ want }) => want ?? []);
      const is = worlds.flatMap(({ is }) => is ?? []);
      const { plan } = planApply(want, is, { prune });
      const after = carriedOut(plan.connections, want, is);
      const again = planApply(want, after, { prune });
      expect(again.plan.connections.flatMap(({ actions }) => actions)).toEqual([]);
      expect(again.plan.unmanaged.length).toBe(prune ? 0 : plan.unmanaged.length);
    }),
    { numRuns: 300 },
  );
});

/** Returns the connections after every planned action has succeeded. */
function carriedOut(
  planned: readonly PlannedConnection[],
  want: readonly WantedConnection[],
  is: readonly ListedConnection[],
): ListedConnection[] {
  const now = new Map(is.map((connection) => [connection.connectionId, connection]));
  for (const { connectionId, actions } of planned) {
    const one = want.find((connection) => connection.connectionId === connectionId);
    for (const action of actions) now.set(connectionId, effect(action, one, now.get(connectionId)));
  }
  return [...now.values()];
}

function effect(
  { action }: PlannedAction,
  want: WantedConnection | undefined,
  before: ListedConnection | undefined,
): ListedConnection {
  if (action === 'disconnect' && before) return { ...before, state: 'disconnected' };
  if (action === 'resume-entity' && before) return without(before, 'workflowMissing');
  if (!want) throw new Error(`${action} without a document`);
  const { connectionId, settings, keys } = want;
  const fresh = keys && { credentials: credentialsOf(keys, (before?.credentials?.version ?? 0) + 1) };
  if (action === 'connect')
    return { connectionId, state: 'connected', settings: { ...settings, apiVersion: '1.0' }, ...fresh };
  if (!before?.settings) throw new Error(`${action} before connect`);
  if (action === 'rotate') return { ...before, state: 'connected', ...fresh };
  const change = settingsChange(before.settings, settings);
  expect(problemIn(settingsChangeSchema, change)).toBeUndefined();
  return { ...before, settings: changedSettings(before.settings, change) };
}

function credentialsOf(keys: WantedKeys, version: number): CredentialReport {
  const { fingerprint } = keys;
  const sealedDigest = 'digest' in keys ? keys.digest : `of-${version}`;
  return {
    ...without(held({ version, sealedDigest }), 'fingerprint'),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

/** Anything that may be in a document and anything that may be there already, under one id. */
function world(): fc.Arbitrary<{ id: string; want?: WantedConnection; is?: ListedConnection }> {
  const id = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
  const name = fc.constantFrom('1', '2', '3');
  const keys = fc.oneof(
    name.map((which) => ({ credentials: {}, fingerprint: `print-${which}`, apiVersion: '1.0' as const })),
    fc.tuple(name, name, fc.boolean()).map(([text, print, tells]) => ({
      sealed: text,
      digest: `digest-${text}`,
      ...(tells && { fingerprint: `print-${print}` }),
    })),
  );
  const is = fc.record({
    settings: wantedSettings().map((settings) => ({ ...settings, apiVersion: '1.0' as const })),
    state: fc.constantFrom('connected', 'refused', 'disconnecting', 'disconnected'),
    credentials: fc
      .record({
        version: fc.nat(9),
        sealedDigest: name.map((which) => `digest-${which}`),
        fingerprint: name.map((which) => `print-${which}`),
        state: fc.constantFrom('active', 'pending', 'rejected'),
      })
      .map((changes) => held(changes)),
    missing: fc.boolean(),
  });
  return fc
    .record({ id, want: fc.option(fc.record({ settings: wantedSettings(), keys })), is: fc.option(is) })
    .map(({ id, want, is }) => ({
      id,
      ...(want && { want: { connectionId: id, document: 0, ...want } }),
      ...(is && {
        is: {
          connectionId: id,
          settings: is.settings,
          state: is.state,
          credentials: is.credentials,
          ...(is.missing && is.state !== 'disconnected' && { workflowMissing: true as const }),
        },
      }),
    }));
}

function wantedSettings(): fc.Arbitrary<WantedSettings> {
  const stream = fc.record({ enabled: fc.boolean(), everyMs: fc.constantFrom(60_000, 3_600_000, 86_400_000) });
  const path = fc.constantFrom('/api/a', '/api/b');
  const days = fc.integer({ min: 1, max: 3 });
  return fc.record({
    baseUrl: fc.constantFrom(BASE_URL, 'https://us-api.mimecast.com'),
    streams: fc.record(Object.fromEntries(POLLED_STREAMS.map((name) => [name, stream]))),
    endpointPaths: fc.record({ account: path, 'url-protect': path }, { requiredKeys: [] }),
    pagination: fc.record({ pageSize: fc.integer({ min: 1, max: 3 }), tokenIn: fc.constantFrom('meta', 'data') }),
    thresholds: fc.record({ retentionDays: days, keysDueDays: days }, { requiredKeys: [] }),
    coverage: fc.record(
      { domains: fc.uniqueArray(fc.constantFrom('a.example', 'b.example'), { minLength: 1 }) },
      { requiredKeys: [] },
    ),
    retention: fc.record({ eventBodiesDays: days, verdictsDays: days }, { requiredKeys: [] }),
  });
}

function without<Value extends object, Name extends keyof Value>(value: Value, name: Name): Omit<Value, Name> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) as Omit<Value, Name>;
}
