import type { Facts } from '../../model/facts.js';
import { readEndpoint, wrongShape, type GoodReading, type Problem } from './read-endpoint.js';

type ArchiveEndpoint = 'account' | 'archive-settings';

/** One of the places where Mimecast says something about the archive. */
export interface ArchiveSource extends GoodReading {
  readonly endpoint: ArchiveEndpoint;
  readonly item: Readonly<Record<string, unknown>>;
  readonly isOn: boolean;
}

/** The account first, where both can be read. */
export type ArchiveSources = readonly [ArchiveSource, ...ArchiveSource[]];

/** Where it may stand that archiving is on. The settings have no public contract: these are the names that it may have. */
const SWITCHES: Readonly<Record<ArchiveEndpoint, readonly string[]>> = {
  account: ['archive'],
  'archive-settings': ['archiveEnabled', 'archive', 'enabled'],
};

/**
 * The account suffices where the archive settings cannot be read, and the other way round. A source that answers without
 * saying on or off is not passed over: it may disagree with the other.
 */
export function readArchive(facts: Facts): { readonly sources: ArchiveSources } | { readonly problem: Problem } {
  const account = sourceOf(facts, 'account');
  const settings = sourceOf(facts, 'archive-settings');
  const notUnderstood = [account, settings].find(({ problem }) => problem?.code === 'shape')?.problem;
  if (notUnderstood) return { problem: notUnderstood };
  if (account.problem) return settings.problem ? { problem: account.problem } : { sources: [settings] };
  if (settings.problem) return { sources: [account] };
  return account.isOn === settings.isOn ? { sources: [account, settings] } : { problem: disagree(account, settings) };
}

type Readable = ArchiveSource | { readonly problem: Problem };

function sourceOf(facts: Facts, endpoint: ArchiveEndpoint): Readable {
  const reading = readEndpoint(facts, endpoint);
  if (reading.problem) return reading;
  const item = onlyItem(reading.items);
  const said = SWITCHES[endpoint].map((name) => item?.[name]).filter((value) => typeof value === 'boolean');
  const [isOn] = said;
  if (!item || isOn === undefined || said.some((value) => value !== isOn)) {
    return { problem: wrongShape(reading, `${endpoint} does not say whether archiving is on`) };
  }
  return { ...reading, endpoint, item, isOn };
}

/** Several would be several archives, of which nobody knows which one counts. */
function onlyItem([item, ...others]: readonly unknown[]): ArchiveSource['item'] | undefined {
  const isOne = others.length === 0 && typeof item === 'object' && item !== null && !Array.isArray(item);
  return isOne ? (item as ArchiveSource['item']) : undefined;
}

function disagree(account: ArchiveSource, settings: ArchiveSource): Problem {
  const said = [account, settings].map(({ endpoint, isOn }) => `${endpoint} says ${isOn ? 'on' : 'off'}`);
  return conflicting([account, settings], `Two sources disagree about archiving: ${said.join(', ')}.`);
}

/** Two sources that cannot both be right. Both are cited, and neither is believed. */
export function conflicting(sources: readonly ArchiveSource[], reason: string): Problem {
  return {
    verdict: 'unknown',
    code: 'conflict',
    reason,
    action: 'Compare both with the Administration Console: Account → Account Settings.',
    basis: sources.map(({ basis }) => basis),
    freshUntil: firstStale(sources),
  };
}

/** All of them are good until then. */
export const firstStale = (sources: readonly ArchiveSource[]): Date =>
  new Date(Math.min(...sources.map(({ freshUntil }) => freshUntil.getTime())));
