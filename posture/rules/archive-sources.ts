import type { Facts } from '../../model/facts.js';
import { isJsonObject } from '../../model/json.js';
import { readEndpoint, wrongShape, type GoodReading, type Problem } from './read-endpoint.js';

type ArchiveEndpoint = 'account' | 'archive-settings';

/** One source of facts about the archive. */
export interface ArchiveSource extends GoodReading {
  readonly endpoint: ArchiveEndpoint;
  readonly item: Readonly<Record<string, unknown>>;
  readonly isOn: boolean;
}

/** Readable sources; the account comes first. */
export type ArchiveSources = readonly [ArchiveSource, ...ArchiveSource[]];

/** Fields that may contain the archiving switch. The archive settings are undocumented, so these are guesses. */
const SWITCHES: Readonly<Record<ArchiveEndpoint, readonly string[]>> = {
  account: ['archive'],
  'archive-settings': ['archiveEnabled', 'archive', 'enabled'],
};

/**
 * Reads the account and the archive settings. One readable source is enough. A source that responds without a switch is
 * a problem, because it may contradict the other.
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
  const switches = SWITCHES[endpoint].map((name) => item?.[name]).filter((value) => typeof value === 'boolean');
  const [isOn] = switches;
  if (!item || isOn === undefined || switches.some((value) => value !== isOn)) {
    return { problem: wrongShape(reading, `${endpoint} does not say whether archiving is on`) };
  }
  return { ...reading, endpoint, item, isOn };
}

/** Returns the only item. Several items would be several archives, and it is unknown which one counts. */
function onlyItem([item, ...others]: readonly unknown[]): ArchiveSource['item'] | undefined {
  return others.length === 0 && isJsonObject(item) ? item : undefined;
}

function disagree(account: ArchiveSource, settings: ArchiveSource): Problem {
  const statements = [account, settings].map(({ endpoint, isOn }) => `${endpoint} says ${isOn ? 'on' : 'off'}`);
  return conflicting([account, settings], `Two sources disagree about archiving: ${statements.join(', ')}.`);
}

/** Creates the problem for two contradicting sources. Both are cited, and neither is used. */
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

/** Time at which the first source becomes stale. */
export const firstStale = (sources: readonly ArchiveSource[]): Date =>
  new Date(Math.min(...sources.map(({ freshUntil }) => freshUntil.getTime())));
