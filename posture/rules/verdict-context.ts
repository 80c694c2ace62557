import type { Facts } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import { loggedRows } from './protection-log.js';
import { readEndpoint } from './read-endpoint.js';

/** What is shown with a verdict and is no part of it. */
export interface Beside {
  readonly details: NonNullable<Judgement['details']>;
  /** Further words for a reason, with the blank before them; empty when there is nothing to say. */
  readonly words: string;
}

/**
 * Whether a product is among the account's packages. Context only: who has a licence may still have it switched off.
 *
 * @param packageIds numbers that Mimecast puts behind the package's name: `URL Protection (Site) [1043]`
 */
export function licenceBeside(facts: Facts, packageIds: readonly number[]): Beside {
  const names = packagesOf(facts);
  if (names === undefined) return { details: { licence: 'unknown' }, words: '' };
  const found = names.find((name) => packageIds.some((id) => name.endsWith(`[${id}]`)));
  if (found === undefined) return { details: { licence: 'not among the packages' }, words: ' No licence is listed.' };
  return { details: { licence: found }, words: ' A licence is listed.' };
}

function packagesOf(facts: Facts): readonly string[] | undefined {
  const reading = readEndpoint(facts, 'account');
  if (reading.problem) return undefined;
  const [account] = reading.items;
  const packages: unknown =
    typeof account === 'object' && account !== null ? Reflect.get(account, 'packages') : undefined;
  return Array.isArray(packages) ? packages.filter((name) => typeof name === 'string') : undefined;
}

/** What the protection of the same kind did, as far as its own control says. */
export function siblingBeside(name: string, { verdict }: Judgement): Beside {
  return { details: { [name]: verdict }, words: verdict === 'pass' ? ` ${name}: pass.` : '' };
}

/** Hits of policies in the DLP log: they show that a policy fired, and nothing about what is covered. */
export function dlpBeside(facts: Facts, route: 'inbound' | 'outbound'): Beside {
  const rows = loggedRows(facts, 'dlp', route);
  return { details: { dlpRows: rows }, words: rows > 0 ? ` The DLP log shows ${rows} hits within 7 days.` : '' };
}

export const together = (...all: readonly Beside[]): Beside => ({
  details: Object.assign({}, ...all.map(({ details }) => details)) as Beside['details'],
  words: all.map(({ words }) => words).join(''),
});
