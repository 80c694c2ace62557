import { defaultsOf } from '../../model/settings.js';
import { SETTINGS } from '../../model/settings-table.js';
import { defined } from '../../model/json.js';
import { DAY_MS } from '../../model/time.js';
import type { Database } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { readConnection } from '../database/connection-row.js';
import type { Erasable, Eraser, ErasureRun } from './eraser.js';
import { eraseEvents } from './events.js';
import { eraseObservations } from './observations.js';
import { eraseRows } from './rows.js';
import { subjectRule, type PreparedErasure } from './subject.js';
import { eraseVerdicts } from './verdicts.js';

/** Kinds of answers of Mimecast. Verdicts, which are derived from them, are erased only on request. */
const DEFAULT_KINDS: readonly Erasable[] = ['events', 'observations', 'rows'];

/** Which bodies are erased. */
export type ErasureRule =
  /** Older than a moment: events that happened, observations that were made before it. */
  | { readonly before: Date }
  /** Bodies that mention a person: an address, or a name. */
  | { readonly subject: string };

/** Request for an erasure, with its reason. */
export interface ErasureRequest {
  readonly rule: ErasureRule;
  /** Events, observations and rows by default. */
  readonly what?: readonly Erasable[];
  /** Kept in the log, so it must not name persons. */
  readonly reason: string;
  /** The requester, for the log. */
  readonly actor?: string;
}

/** Number of bodies by kind. */
export interface Erased {
  readonly events: number;
  /** Observations whose body is gone; several may have had the same. */
  readonly observations: number;
  /** Rows of protection logs, of connections that keep them. */
  readonly rows: number;
  /** Records of verdicts. */
  readonly verdicts: number;
}

/** The result of an erasure. */
export interface ErasureReport extends Erased {
  readonly connectionId: string;
  /** The log entries of this erasure: one for each batch. */
  readonly entries: { readonly first: number; readonly last: number } | null;
  /**
   * Of an erasure by subject: the random key under which the log holds the subject's HMAC-SHA-256, in hex. It is not stored.
   * With it one can show later which person's request the entries carried out; without it, the person cannot be identified.
   */
  readonly receipt?: string;
}

/** Erases bodies by rule. What was erased keeps its place and its digest, so that the rest can still be proved. */
export interface Erasure {
  /**
   * Erases bodies in batches. Each batch is a transaction that includes its log entry, so an interrupted erasure is resumed
   * by the same request. Disconnected connections are accepted.
   *
   * @param signal stops it after the current batch
   * @throws EvidenceNotFoundError when there is no such connection
   */
  erase(connectionId: string, request: ErasureRequest, signal?: AbortSignal): Promise<ErasureReport>;
  /** Counts what an erasure would erase. Changes nothing. */
  preview(connectionId: string, request: Pick<ErasureRequest, 'rule' | 'what'>): Promise<Erased>;
  /** Erases what is older than the retention in the connection's settings. */
  applyRetention(connectionId: string, now: Date, signal?: AbortSignal): Promise<Erased>;
}

const ERASERS: Readonly<Record<Erasable, Eraser>> = {
  events: eraseEvents,
  observations: eraseObservations,
  rows: eraseRows,
  verdicts: eraseVerdicts,
};

export function createErasure(db: Database): Erasure {
  const eraseKinds = async (
    kinds: readonly Erasable[],
    run: ErasureRun,
    signal?: AbortSignal,
  ): Promise<{ readonly counts: Erased; readonly sequences: readonly number[] }> => {
    const counts = { events: 0, observations: 0, rows: 0, verdicts: 0 };
    const sequences: number[] = [];
    for (const kind of kinds) {
      const erased = await ERASERS[kind](db, run, signal);
      counts[kind] = erased.erased;
      sequences.push(...erased.sequences);
    }
    return { counts, sequences };
  };

  return {
    async erase(connectionId, { rule, what = DEFAULT_KINDS, reason, actor }, signal) {
      if (!(await readConnection(db, connectionId))) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
      const { prepared, entry, receipt } = prepare(rule);
      const run = { connectionId, rule: prepared, entry: defined({ ...entry, reason, actor }) };
      const { counts, sequences } = await eraseKinds(what, run, signal);
      const [first, last] = [sequences.at(0), sequences.at(-1)];
      const entries = first === undefined || last === undefined ? null : { first, last };
      return defined({ connectionId, ...counts, entries, receipt });
    },

    async preview(connectionId, { rule, what = DEFAULT_KINDS }) {
      return (await eraseKinds(what, { connectionId, rule: prepare(rule).prepared })).counts;
    },

    async applyRetention(connectionId, now, signal) {
      const row = await readConnection(db, connectionId);
      if (!row) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
      const { eventBodiesDays, verdictsDays } = { ...defaultsOf(SETTINGS.retention.fields), ...row.settings.retention };
      const eraseOlder = async (kind: Erasable, days: number, bodies: string): Promise<number> => {
        const before = new Date(now.getTime() - days * DAY_MS);
        const reason = `${bodies} are kept for ${days} days`;
        const entry = { rule: 'retention', before: before.toISOString(), reason };
        return (await eraseKinds([kind], { connectionId, rule: { before }, entry }, signal)).counts[kind];
      };
      return {
        events: await eraseOlder('events', eventBodiesDays, 'event bodies'),
        observations: 0,
        rows: await eraseOlder('rows', eventBodiesDays, 'rows'),
        verdicts: await eraseOlder('verdicts', verdictsDays, 'verdicts'),
      };
    },
  };
}

function prepare(rule: ErasureRule): PreparedErasure {
  if ('subject' in rule) return subjectRule(rule.subject);
  return { prepared: { before: rule.before }, entry: { rule: 'before', before: rule.before.toISOString() } };
}
