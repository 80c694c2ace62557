import { defaultsOf, type ConnectionSettings, type RefusalRules } from './settings.js';
import { SETTINGS } from './settings-table.js';
import { HOUR_MS } from './time.js';

const DEFAULTS: RefusalRules = defaultsOf(SETTINGS.refusals.fields);

/** The longest pause between two tries to reach a vendor that does not answer. */
const LONGEST_RETRY_MS = HOUR_MS;

export function refusalRules(settings: Pick<ConnectionSettings, 'refusals'> | undefined): RefusalRules {
  return { ...DEFAULTS, ...settings?.refusals };
}

/**
 * When keys that are refused are tried next: seldom, because some tenants lock accounts over refused calls. A function of
 * when they were refused and of now alone, so that a restart neither repeats a probe nor forgets one.
 */
export function nextProbe(refusedSince: Date, now: Date, rules: RefusalRules): Date {
  const since = refusedSince.getTime();
  const first = rules.probeAfterMs.map((afterMs) => since + afterMs).find((at) => at > now.getTime());
  if (first !== undefined) return new Date(first);

  const lastEarly = since + Math.max(0, ...rules.probeAfterMs);
  const periods = Math.floor((now.getTime() - lastEarly) / rules.probeEveryMs) + 1;
  return new Date(lastEarly + periods * rules.probeEveryMs);
}

/**
 * When keys are tried next that nobody has judged yet, because the vendor was not reached. Soon at first: somebody waits for
 * them.
 *
 * @param attempts tries so far, at least 1
 */
export function nextRetry(attempts: number, now: Date, rules: RefusalRules): Date {
  return new Date(now.getTime() + Math.min(rules.confirmAfterMs * 2 ** (attempts - 1), LONGEST_RETRY_MS));
}
