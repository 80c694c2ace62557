import type { Difference, FieldChange } from '../../evidence/observations/differences.js';
import type { Drift } from '../../evidence/observations/drift.js';
import type { Colours } from '../console/terminal.js';
import { minuteOf } from '../../model/time.js';

/** Lists changes in order, each with its candidates. */
export function driftLines(connectionId: string, found: readonly Drift[], colours: Colours): string[] {
  if (found.length === 0) return [`${connectionId}: nothing was changed, as far as could be read.`];
  return found.flatMap((drift, index) => [...(index === 0 ? [] : ['']), ...changeLines(drift, colours)]);
}

function changeLines({ endpoint, before, after, differences, candidates }: Drift, colours: Colours): string[] {
  return [
    `${colours.bold(endpoint)}  between ${minuteOf(before.observedAt)} and ${minuteOf(after.observedAt)} UTC`,
    ...differences.flatMap((difference) => differenceLines(difference, colours)),
    ...candidates.map(({ eventTime, auditType, user, names, digest }) =>
      colours.dim(
        `  candidate  ${minuteOf(eventTime)}  ${auditType}${user === undefined ? '' : ` by ${user}`}, names "${names}"  ${digest.slice(0, 12)}`,
      ),
    ),
  ];
}

function differenceLines(difference: Difference, colours: Colours): string[] {
  const { kind, what } = difference;
  if (difference.kind === 'changed') {
    return [`  ${colours.yellow('changed')}  "${what}"`, ...difference.fields.flatMap(fieldLines)];
  }
  return [kind === 'added' ? `  ${colours.green('added')}    "${what}"` : `  ${colours.red('removed')}  "${what}"`];
}

function fieldLines({ path, from, to }: FieldChange): string[] {
  if (isWords(from) && isWords(to)) {
    const gone = from.filter((word) => !to.includes(word)).map((word) => `             ${path}: - ${word}`);
    return [...gone, ...to.filter((word) => !from.includes(word)).map((word) => `             ${path}: + ${word}`)];
  }
  return [`             ${path}: ${textOf(from)} → ${textOf(to)}`];
}

const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string');

const textOf = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));
