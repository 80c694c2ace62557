import type { Facts } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import { isJsonObject } from '../../model/json.js';
import { loggedRows } from './protection-log.js';
import { readEndpoint } from './read-endpoint.js';

/** Additional facts shown with a verdict. Never part of it. */
export interface VerdictContext {
  readonly details: NonNullable<Judgement['details']>;
  /** Text to append to a reason, with a leading space; empty when there is none. */
  readonly words: string;
}

/**
 * Shows whether a product is among the account's packages. Context only: a licensed product can be switched off.
 *
 * @param packageIds numbers at the end of Mimecast's package names: `URL Protection (Site) [1043]`
 */
export function licenceContext(facts: Facts, packageIds: readonly number[]): VerdictContext {
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
  const packages = isJsonObject(account) ? account['packages'] : undefined;
  return Array.isArray(packages) ? packages.filter((name) => typeof name === 'string') : undefined;
}

/** Shows the verdict of the related control that reads the log. */
export function siblingContext(name: string, { verdict }: Judgement): VerdictContext {
  return { details: { [name]: verdict }, words: verdict === 'pass' ? ` ${name}: pass.` : '' };
}

/** Shows hits in the DLP log: they show that a policy acted, not what is covered. */
export function dlpContext(facts: Facts, route: 'inbound' | 'outbound'): VerdictContext {
  const rows = loggedRows(facts, 'dlp', route);
  return { details: { dlpRows: rows }, words: rows > 0 ? ` The DLP log shows ${rows} hits within 7 days.` : '' };
}

export const joinContexts = (...all: readonly VerdictContext[]): VerdictContext => ({
  details: Object.assign({}, ...all.map(({ details }) => details)) as VerdictContext['details'],
  words: all.map(({ words }) => words).join(''),
});
