import type { ConnectionRow, Stream, StreamPause } from './connection.js';

type Pauses = ConnectionRow['pauses'];

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
  if (streams.every((stream) => refusal(pauses[stream])?.note === pause.note)) return pauses;

  const paused: Partial<Record<Stream, readonly StreamPause[]>> = { ...pauses };
  for (const stream of streams) {
    const before = pauses[stream] ?? [];
    const since = refusal(before)?.since ?? pause.since;
    paused[stream] = [...before.filter(isOperators), { ...pause, since }];
  }
  return paused;
}

/** What stays paused once keys are accepted: what the operator paused. */
export function withoutRefusedKeys(pauses: Pauses): Pauses {
  const kept: Partial<Record<Stream, readonly StreamPause[]>> = {};
  for (const [stream, before] of Object.entries(pauses)) {
    const operators = before.filter(isOperators);
    if (operators.length > 0) kept[stream as Stream] = operators;
  }
  return kept;
}

function refusal(pauses: readonly StreamPause[] = []): StreamPause | undefined {
  return pauses.find((pause) => pause.by === 'refused-keys');
}

function isOperators(pause: StreamPause): boolean {
  return pause.by === 'operator';
}
