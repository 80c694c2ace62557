import type { Stream } from '../../model/connection.js';
import type { Facts, StreamFact } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';
import { after } from '../rules/moments.js';
import { ISO, NIST } from '../rules/requirements.js';

export const evidenceFresh: Control = {
  id: 'evidence-fresh',
  title: 'Every enabled stream answered within twice its interval',
  rationale:
    'A verdict is worth what its evidence is worth, and evidence ages. Polls that stopped must be seen before somebody asks for the report.',
  remediation:
    'Look at "temporal-mimecast status" and "temporal-mimecast doctor": they name what stopped the polls and the next step.',
  rule: {
    pass: 'Every enabled stream was read within twice its interval. That Mimecast has no such endpoint for this tenant is an answer too.',
    fail: 'A stream is paused, or was last read twice its interval ago or more.',
    unknown: 'A stream that was never read is not owed for twice its interval yet; or none is enabled.',
  },
  limits: 'It says that evidence is being collected, and nothing about what the evidence shows.',
  severity: 'high',
  subject: 'collector',
  version: 1,
  mappings: { nist: [NIST.monitoring], iso: [ISO.monitoring], cis: [] },
  judge,
};

interface StreamState {
  readonly stream: Stream;
  readonly state: 'fresh' | 'paused' | 'stale' | 'first-interval';
  /** Time until which the evidence is fresh or, before the first response, until which it is not overdue. */
  readonly until: Date;
}

function judge(facts: Facts): Judgement {
  const { now, connectionId, connectedAt } = facts;
  if (!connectedAt) {
    const reason = 'Keys of this connection were never accepted, so nothing is polled.';
    return judged({ verdict: 'unknown', code: 'unreadable', reason, basis: [] }, now);
  }
  const states = enabledStreams(facts).map(([stream, fact]) => stateOf(stream, fact, connectedAt, now));
  if (states.length === 0) {
    const reason = 'No stream is enabled.';
    const action = `Enable them: "edit ${connectionId} --enable STREAM".`;
    return judged({ verdict: 'unknown', code: 'none-enabled', reason, action, basis: [] }, now);
  }

  const those = (wanted: StreamState['state']): Stream[] =>
    states.filter(({ state }) => state === wanted).map(({ stream }) => stream);
  const [paused, stale, waiting] = [those('paused'), those('stale'), those('first-interval')];
  const shared = {
    basis: enabledStreams(facts).flatMap(([stream, { lastGoodAt }]) =>
      lastGoodAt ? [{ source: `polls/${stream}`, observedAt: lastGoodAt.toISOString() }] : [],
    ),
    details: {
      ...(paused.length > 0 && { paused }),
      ...(stale.length > 0 && { stale }),
      ...(waiting.length > 0 && { waiting }),
    },
    reevaluateAt: states.map(({ until }) => until),
  };
  if (stale.length > 0) {
    const reason = `Not read within twice the interval: ${stale.join(', ')}${alsoPaused(paused)}.`;
    const action = `Look why: "status ${connectionId}"; then "poll ${connectionId} ${stale.join(' ')}".`;
    return judged({ ...shared, verdict: 'fail', code: 'stale', reason, action }, now);
  }
  if (paused.length > 0) {
    const reason = `Paused: ${paused.join(', ')}.`;
    return judged({ ...shared, verdict: 'fail', code: 'paused', reason, action: `"resume ${connectionId}".` }, now);
  }
  if (waiting.length > 0) {
    const reason = `Not read yet, and not overdue: ${waiting.join(', ')}.`;
    return judged({ ...shared, verdict: 'unknown', code: 'first-interval', reason }, now);
  }
  const reason = `All ${states.length} enabled streams were read within twice their interval.`;
  return judged({ ...shared, verdict: 'pass', code: 'fresh', reason }, now);
}

const alsoPaused = (paused: readonly Stream[]): string => (paused.length === 0 ? '' : `; paused: ${paused.join(', ')}`);

/** Enabled streams. Streams of the settings count even without any facts about them. */
function enabledStreams({ streams, settings }: Facts): [Stream, StreamFact][] {
  const fromSettings = Object.entries(settings.streams).map(([stream, { enabled, everyMs }]) => [
    stream,
    { enabled, everyMs, paused: false },
  ]);
  const all = { ...(Object.fromEntries(fromSettings) as Facts['streams']), ...streams };
  return (Object.entries(all) as [Stream, StreamFact][])
    .filter(([, { enabled }]) => enabled)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * Returns the state of a stream. Before its first response, the time to its deadline starts when the stream was
 * enabled.
 */
function stateOf(stream: Stream, fact: StreamFact, connectedAt: Date, now: Date): StreamState {
  const { everyMs, paused, lastGoodAt, since = connectedAt } = fact;
  const until = after(lastGoodAt ?? since, 2 * everyMs);
  if (paused) return { stream, state: 'paused', until };
  if (now >= until) return { stream, state: 'stale', until };
  return { stream, state: lastGoodAt ? 'fresh' : 'first-interval', until };
}
