import type { ConnectionRow, Stream, StreamPause } from '../../model/connection.js';

type Pauses = ConnectionRow['pauses'];
type By = StreamPause['by'];

/**
 * Pauses every stream of a connection because its keys are refused. A stream that is paused for that already keeps the
 * moment since when; the operator's own pauses stay.
 *
 * @returns the very same pauses when nothing changes
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

/** While keys are refused, streams that the settings add are paused for that like the others. */
export function pauseNewStreams(pauses: Pauses, settings: ConnectionRow['settings']): Pauses {
  const refusal = find(Object.values(pauses).flat(), 'refused-keys');
  return refusal ? pauseForRefusedKeys({ pauses, settings }, refusal) : pauses;
}

/** What stays paused once keys are accepted: what the operator paused. */
export function withoutRefusedKeys(pauses: Pauses): Pauses {
  return lift(pauses, Object.keys(pauses) as Stream[], 'refused-keys');
}

/** What the operator said when pausing a stream; nothing when the stream is not paused by the operator. */
export function operatorsNote(pauses: Pauses, stream: Stream): string | undefined {
  return find(pauses[stream], 'operator')?.note;
}

/** Pauses streams for the operator. Stands first: what people did is what the schedule shows. */
export function pauseByOperator(pauses: Pauses, streams: readonly Stream[], pause: StreamPause): Pauses {
  const paused: Partial<Record<Stream, readonly StreamPause[]>> = { ...pauses };
  for (const stream of streams) paused[stream] = [pause, ...without(pauses[stream], 'operator')];
  return paused;
}

/** What stays paused once the operator lets streams go on: what refused keys paused. */
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
