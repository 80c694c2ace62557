import type { ConnectionSettings, EndpointName, Stream } from '../../../model/connection.js';
import type { EndpointFact, Facts, LogFact, StreamFact } from '../../../model/facts.js';
import type { EndpointOutcome } from '../../../model/outcomes.js';
import type { DailyStatistics, Protection } from '../../../model/statistics.js';
import type { ControlId, Judgement } from '../../../model/verdicts.js';
import { controlOf } from '../../../posture/controls/catalogue.js';
import { defaultSettings } from '../../../model/settings.js';

/** Facts of a tenant in which everything is as it should be. Tests change what they are about. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const NOW = new Date('2026-11-23T12:00:00Z');
export const at = (msFromNow: number): Date => new Date(NOW.getTime() + msFromNow);

/** As Mimecast writes a moment. */
const vendorTime = (moment: Date): string => `${moment.toISOString().slice(0, 19)}+0000`;

const SETTINGS: ConnectionSettings = {
  ...defaultSettings('https://eu-api.mimecast.com'),
  thresholds: { retentionDays: 365 },
};

interface PolicyFields {
  readonly option?: unknown;
  readonly from?: string;
  readonly to?: string;
  readonly fromValue?: string;
  readonly toValue?: string;
  /** Replaces fields of the item's policy; `undefined` takes one out. */
  readonly policy?: Readonly<Record<string, unknown>>;
}

/** An item of a policy list, as the vendor writes it: for ever in force, from outside to inside, unless it says otherwise. */
export function policy({ from = 'external', to = 'internal', ...fields }: PolicyFields = {}): unknown {
  const option = 'option' in fields ? fields.option : 'enable';
  const all: Record<string, unknown> = {
    description: 'A policy',
    fromPart: 'envelope_from',
    ...sideFields('from', from, fields.fromValue),
    ...sideFields('to', to, fields.toValue),
    fromEternal: true,
    toEternal: true,
    fromDate: '1900-01-01T00:00:00+0000',
    toDate: '2100-01-01T23:59:59+0000',
    override: false,
    bidirectional: false,
    conditions: {},
    enabled: true,
    enforced: false,
    createTime: '2025-02-03T10:11:12+0000',
    ...fields.policy,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { ...(option !== undefined && { option }), id: 'eNo1', policy: kept };
}

const TYPES: Readonly<Record<string, string>> = {
  internal: 'internal_addresses',
  external: 'external_addresses',
  domain: 'email_domain',
  group: 'profile_group',
  person: 'individual_email_address',
  attribute: 'address_attribute_value',
};

function sideFields(name: 'from' | 'to', kind: string, value?: string): Record<string, unknown> {
  const type = TYPES[kind] ?? kind;
  const inner = kind === 'domain' ? { emailDomain: value } : kind === 'group' ? { groupId: value } : {};
  return { [name]: { type, ...inner }, [`${name}Type`]: type, ...(value !== undefined && { [`${name}Value`]: value }) };
}

/** A policy for a time only. None of the flags says that it is for ever. */
export const between = (from: Date | undefined, to: Date | undefined): Record<string, unknown> => ({
  ...(from && { fromEternal: false, fromDate: vendorTime(from) }),
  ...(to && { toEternal: false, toDate: vendorTime(to) }),
});

export const block = (fields: PolicyFields = {}): unknown =>
  policy({ option: 'block_sender', from: 'domain', fromValue: 'bulk.example', to: 'everyone', ...fields });

export const ACCOUNT = {
  accountCode: 'CUK12A9',
  archive: true,
  maxRetention: 2555,
  maxRetentionConfirmed: true,
  packages: ['Journal Services [1053]', 'URL Protection (Site) [1043]'],
};

const DEFAULT_ITEMS: Readonly<Partial<Record<EndpointName, readonly unknown[]>>> = {
  'url-protect': [policy({ option: 'aggressive' })],
  'attachment-management': [policy({ option: 'sandbox' })],
  'content-examination': [policy({ option: 'hold', from: 'internal', to: 'external' }), policy({ option: 'hold' })],
  'blocked-senders': [block()],
  'archive-settings': [{ archiveEnabled: true, maxRetention: 2555 }],
  account: [ACCOUNT],
};

const OBSERVED = at(-HOUR);

/** Answer of an endpoint, an hour old and fresh for another 47 hours. */
export function answer(items: readonly unknown[], digest = 'd'.repeat(64)): EndpointFact {
  const outcome = items.length === 0 ? 'empty' : 'collected';
  return {
    latest: { outcome, observedAt: OBSERVED },
    readable: { outcome, digest, observedAt: OBSERVED, freshUntil: at(47 * HOUR), items },
  };
}

/** The newest poll came to something else; what was read before it is still there. */
export const since = (fact: EndpointFact, outcome: EndpointOutcome, permission?: string): EndpointFact => ({
  ...fact,
  latest: { outcome, observedAt: at(-MINUTE), ...(permission !== undefined && { permission }) },
});

export const stale = ({ latest, readable }: EndpointFact): EndpointFact => ({
  latest,
  ...(readable && { readable: { ...readable, observedAt: at(-49 * HOUR), freshUntil: NOW } }),
});

export function cell(fields: Partial<DailyStatistics> = {}): DailyStatistics {
  return {
    day: '2026-11-21',
    protection: 'url',
    route: 'inbound',
    definition: 'Default URL Protection',
    rows: 12,
    byResult: { clean: 12 },
    byAction: { allow: 12 },
    maliciousAllowed: 0,
    userOverrides: 0,
    adminOverrides: 0,
    lateRows: 0,
    complete: true,
    revision: 0,
    ...fields,
  };
}

export const log = (fields: Partial<LogFact> = {}): LogFact => ({
  outcome: 'collected',
  observedAt: at(-HOUR),
  watermark: at(-HOUR - 5 * MINUTE),
  ...fields,
});

const stream = (everyMs: number): StreamFact => ({
  enabled: true,
  everyMs,
  paused: false,
  lastGoodAt: at(-HOUR),
  since: at(-30 * DAY),
});

const STREAMS: Readonly<Partial<Record<Stream, StreamFact>>> = {
  'audit-events': stream(6 * HOUR),
  policies: stream(DAY),
  'archive-settings': stream(DAY),
  account: stream(DAY),
  'threat-statistics': stream(DAY),
};

type Endpoints = Facts['endpoints'];

const ENDPOINTS: Endpoints = Object.fromEntries(
  Object.entries(DEFAULT_ITEMS).map(([name, items], index) => [name, answer(items, String(index).repeat(64))]),
);

export const GOOD: Facts = {
  connectionId: 'acme',
  now: NOW,
  connectedAt: at(-30 * DAY),
  settings: SETTINGS,
  endpoints: ENDPOINTS,
  streams: STREAMS,
  keys: { version: 3, apiVersion: '2.0', issuedAt: at(-20 * DAY), issueDateKnown: true, storedAt: at(-19 * DAY) },
  completeness: { from: at(-90 * DAY), due: at(-6 * HOUR - 5 * MINUTE), watermark: at(-HOUR - 5 * MINUTE), gaps: [] },
  newestEventAt: at(-2 * HOUR),
  statistics: {
    days: [cell(), cell({ protection: 'attachment', definition: 'Default AP', byResult: { safe: 11, malicious: 1 } })],
    logs: { url: log(), attachment: log(), dlp: log() },
  },
};

/** An object without one of its fields. */
export const without = <Value extends object, Name extends keyof Value>(value: Value, name: Name): Omit<Value, Name> =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) as Omit<Value, Name>;

/** The same facts with one endpoint saying something else, or nothing. */
export const withEndpoint = (name: EndpointName, fact: EndpointFact | undefined, facts: Facts = GOOD): Facts => ({
  ...facts,
  endpoints: { ...without(facts.endpoints, name), ...(fact && { [name]: fact }) },
});

export const withItems = (name: EndpointName, items: readonly unknown[], facts: Facts = GOOD): Facts =>
  withEndpoint(name, answer(items), facts);

export const withLog = (
  protection: Protection,
  fact: LogFact | undefined,
  days: readonly DailyStatistics[] = GOOD.statistics.days,
): Facts => ({
  ...GOOD,
  statistics: { days, logs: { ...without(GOOD.statistics.logs, protection), ...(fact && { [protection]: fact }) } },
});

/** The same evidence, looked at at another moment. */
export const lookedAt = (facts: Facts, now: Date): Facts => ({ ...facts, now });

export const judge = (id: ControlId, facts: Facts): Judgement => {
  const control = controlOf(id);
  if (!control) throw new Error(`There is no control ${id}`);
  return control.judge(facts);
};

/** Verdict and code in one word, as tables have them. */
export const said = (id: ControlId, facts: Facts): string => {
  const { verdict, code } = judge(id, facts);
  return `${verdict} ${code}`;
};

/** Nothing was ever collected. */
export const NOTHING: Facts = {
  connectionId: 'acme',
  now: NOW,
  settings: { ...SETTINGS, streams: {} },
  endpoints: {},
  streams: {},
  statistics: { days: [], logs: {} },
};
