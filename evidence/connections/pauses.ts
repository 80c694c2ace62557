import type { ConnectionRow, Stream, StreamPause } from '../../model/connection.js';

type Pauses = ConnectionRow['pauses'];
type By = StreamPause['by'];

/**
 * Pauses every stream of a connection because its keys are refused. A stream that is already paused for that keeps
 * its start; the operator's pauses stay.
 *
 * @returns the same object when nothing changes
 */
export function pauseForRefusedKeys(
  { pauses, settings }: Pick<ConnectionRow, 'pauses' | 'settings'>,
  pause: StreamPause,
): Pauses {
  const streams = Object.keys(settings.streams) as Stream[];
  if (streams.every((stream) => find(pauses[stream], 'refused-keys')?.note === pause.note)) return pauses;

  const paused: Partial<Record<Stream, readonly StreamPause[]>> = { ...pauses };
  for (const stream of streams) {
    const before = pauses[stream] ?? [];
    const since = find(before, 'refused-keys')?.since ?? pause.since;
    paused[stream] = [...without(before, 'refused-keys'), { ...pause, since }];
  }
  return paused;
}

/** While keys are refused, pauses streams that the settings add, like the others. */
export function pauseNewStreams(pauses: Pauses, settings: ConnectionRow['settings']): Pauses {
  const refusal = find(Object.values(pauses).flat(), 'refused-keys');
  return refusal ? pauseForRefusedKeys({ pauses, settings }, refusal) : pauses;
}

/** Removes the pauses for refused keys. The operator's pauses stay. */
export function withoutRefusedKeys(pauses: Pauses): Pauses {
  return lift(pauses, Object.keys(pauses) as Stream[], 'refused-keys');
}

/** Returns the operator's note on a paused stream; undefined when the operator has not paused it. */
export function operatorsNote(pauses: Pauses, stream: Stream): string | undefined {
  return find(pauses[stream], 'operator')?.note;
}

/** Pauses streams for the operator. This pause comes first, because the schedule shows the first note. */
export function pauseByOperator(pauses: Pauses, streams: readonly Stream[], pause: StreamPause): Pauses {
  const paused: Partial<Record<Stream, readonly StreamPause[]>> = { ...pauses };
  for (const stream of streams) paused[stream] = [pause, ...without(pauses[stream], 'operator')];
  return paused;
}

/** Removes the operator's pauses. Those for refused keys stay. */
export function withoutOperators(pauses: Pauses, streams: readonly Stream[]): Pauses {
  return lift(pauses, streams, 'operator');
}

function lift(pauses: Pauses, streams: readonly Stream[], by: By): Pauses {
  const kept: Partial<Record<Stream, readonly StreamPause[]>> = {};
  for (const [stream, before] of Object.entries(pauses) as [Stream, readonly StreamPause[]][]) {
    const after = streams.includes(stream) ? without(before, by) : before;
    if (after.length > 0) kept[stream] = after;
  }
  return kept;
}

function find(pauses: readonly StreamPause[] = [], by: By): StreamPause | undefined {
  return pauses.find((pause) => pause.by === by);
}

function without(pauses: readonly StreamPause[] = [], by: By): StreamPause[] {
  return pauses.filter((pause) => pause.by !== by);
}
