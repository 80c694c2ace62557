import type { EndpointName, ProtectionLogEndpoint, Stream, VendorStatistics } from '../../model/connection.js';
import type { EndpointFact, Facts, ReadableFact } from '../../model/facts.js';
import type { Basis } from '../../model/verdicts.js';
import { dayOf, minuteOf } from '../../model/time.js';
import type { Finding } from './judged.js';

/** A response that can be judged, or the problem that prevents it. */
export type EndpointReading = GoodReading | { readonly problem: Problem };

export interface GoodReading {
  readonly problem?: never;
  readonly items: readonly unknown[];
  readonly basis: Basis;
  readonly freshUntil: Date;
}

/** Reason for which evidence cannot be judged; the verdict is always unknown. */
export type Problem = Finding & { readonly verdict: 'unknown' };

/** Endpoints that are read in full and judged by their items. Logs are judged by their statistics. */
type JudgedEndpoint = Exclude<EndpointName, 'audit-events' | ProtectionLogEndpoint | VendorStatistics>;

interface Words {
  /** Plural noun for the items. */
  readonly shows: string;
  readonly stream: Stream;
}

const WORDS: Readonly<Record<JudgedEndpoint, Words>> = {
  'blocked-senders': { shows: 'blocked-sender policies', stream: 'policies' },
  'content-examination': { shows: 'Content Examination policies', stream: 'policies' },
  'url-protect': { shows: 'URL Protection policies', stream: 'policies' },
  'attachment-management': { shows: 'Attachment Management policies', stream: 'policies' },
  'archive-settings': { shows: 'archive settings', stream: 'archive-settings' },
  account: { shows: 'account details', stream: 'account' },
};

const shownBy = (endpoint: JudgedEndpoint): string => WORDS[endpoint].shows;

/**
 * Returns the items of an endpoint when they are readable and fresh, checked in this order.
 *
 * The newest usable response applies until twice its interval is over; a failed poll does not replace it. A refusal, or
 * the absence of the endpoint for this tenant, replaces it immediately.
 */
export function readEndpoint(facts: Facts, endpoint: JudgedEndpoint): EndpointReading {
  const fact = facts.endpoints[endpoint];
  if (fact === undefined) return { problem: neverRead(facts, endpoint) };
  if (fact.latest.outcome === 'forbidden') return { problem: forbidden(facts, endpoint, fact) };
  if (fact.latest.outcome === 'unavailable') return { problem: noVendorApi(endpoint, fact) };

  const { readable } = fact;
  if (!readable || isPartOfAnAnswer(fact, readable)) return { problem: unreadable(facts, endpoint, fact) };
  const basis = basisOf(endpoint, readable);
  if (facts.now >= readable.freshUntil) return { problem: stale(facts, endpoint, readable, basis) };
  return { items: readable.items, basis, freshUntil: readable.freshUntil };
}

/**
 * True for a partial response, with both `data` and `fail`: it is stored and not judged. An older complete response
 * stays in use.
 */
function isPartOfAnAnswer({ partlyFailed = false, latest }: EndpointFact, readable: ReadableFact): boolean {
  return partlyFailed && readable.observedAt >= latest.observedAt;
}

/** Creates the problem for a response in an unknown form. */
export function wrongShape({ basis, freshUntil }: GoodReading, what: string): Problem {
  return {
    verdict: 'unknown',
    code: 'shape',
    reason: `Mimecast answered, but not in a form that is understood: ${what}.`,
    basis: [basis],
    freshUntil,
  };
}

function neverRead(facts: Facts, endpoint: JudgedEndpoint): Problem {
  const { shows, stream } = WORDS[endpoint];
  return {
    verdict: 'unknown',
    code: 'unreadable',
    reason: `The ${shows} were not read yet.`,
    action: pollAgain(facts, stream),
    basis: [],
  };
}

function forbidden(facts: Facts, endpoint: JudgedEndpoint, { latest }: EndpointFact): Problem {
  const { shows, stream } = WORDS[endpoint];
  return {
    verdict: 'unknown',
    code: 'forbidden',
    reason: `The API user may not read the ${shows}.`,
    action: grant(latest.permission, facts, stream),
    basis: [{ source: endpoint, observedAt: latest.observedAt.toISOString() }],
  };
}

function noVendorApi(endpoint: JudgedEndpoint, { latest }: EndpointFact): Problem {
  return {
    verdict: 'unknown',
    code: 'no-vendor-api',
    reason: `Mimecast offers this tenant no API for its ${shownBy(endpoint)}.`,
    basis: [{ source: endpoint, observedAt: latest.observedAt.toISOString() }],
  };
}

function unreadable(facts: Facts, endpoint: JudgedEndpoint, { latest, partlyFailed }: EndpointFact): Problem {
  const { shows, stream } = WORDS[endpoint];
  const reason =
    partlyFailed === true
      ? `Mimecast answered with only a part of the ${shows}, which is kept and not judged.`
      : `Mimecast has not answered yet with the ${shows}; it was asked last at ${minuteOf(latest.observedAt)} UTC.`;
  return {
    verdict: 'unknown',
    code: 'unreadable',
    reason,
    action: pollAgain(facts, stream),
    basis: [{ source: endpoint, observedAt: latest.observedAt.toISOString() }],
  };
}

function stale(facts: Facts, endpoint: JudgedEndpoint, readable: ReadableFact, basis: Basis): Problem {
  const { shows, stream } = WORDS[endpoint];
  return {
    verdict: 'unknown',
    code: 'stale',
    reason: `The ${shows} were last read on ${dayOf(readable.observedAt)}: twice their interval ago, or more.`,
    action: pollAgain(facts, stream),
    basis: [basis],
    freshUntil: readable.freshUntil,
  };
}

function basisOf(endpoint: JudgedEndpoint, { digest, observedAt }: ReadableFact): Basis {
  return { source: endpoint, digest, observedAt: observedAt.toISOString() };
}

export function grant(permission: string | undefined, { connectionId }: Facts, stream: Stream): string {
  const what = permission === undefined ? 'the permission to read it' : `"${permission}"`;
  return `Grant ${what} to the role of the API user, then "poll ${connectionId} ${stream}".`;
}

export const pollAgain = ({ connectionId }: Facts, stream: Stream): string =>
  `Look why it is not read: "status ${connectionId}"; then "poll ${connectionId} ${stream}".`;
