import type { EndpointOutcome, PollOutcome } from '../../model/outcomes.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import type { Colours } from '../console/terminal.js';

/** Judgement of outcomes: `bad` needs action, `note` is worth knowing, `good` is the expected result. */
const JUDGEMENTS = {
  collected: 'good',
  empty: 'good',
  unavailable: 'note',
  behind: 'note',
  superseded: 'note',
  interrupted: 'note',
  partial: 'bad',
  forbidden: 'bad',
  failed: 'bad',
  disconnected: 'bad',
} as const satisfies Record<EndpointOutcome | PollOutcome, 'good' | 'note' | 'bad'>;

/** Returns the judgement. An unknown outcome, from a worker of a later release, counts as `bad`. */
const judgementOf = (outcome: PollOutcome): 'good' | 'note' | 'bad' =>
  Object.hasOwn(JUDGEMENTS, outcome) ? JUDGEMENTS[outcome] : 'bad';

export function paintOutcome(outcome: PollOutcome, colours: Colours): string {
  const paint = { good: colours.green, note: colours.yellow, bad: colours.red }[judgementOf(outcome)];
  return paint(outcome);
}

export function isBad(outcome: PollOutcome): boolean {
  return judgementOf(outcome) === 'bad';
}

/** Returns exit code 1 when at least one poll needs action. */
export function exitCodeOf(polls: readonly { readonly outcome: PollOutcome }[]): ExitCode {
  return polls.some((poll) => isBad(poll.outcome)) ? EXIT.badAnswer : EXIT.done;
}
