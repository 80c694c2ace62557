import type { Database } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { readConnection } from '../database/connection-row.js';
import { eventsEraser } from './events.js';
import { observationsEraser } from './observations.js';
import { rowsEraser } from './rows.js';
import { verdictsEraser } from './verdicts.js';
import { retentionOf } from './retention.js';
import { subjectRule } from './subject.js';
import type { Erasable, Eraser, PreparedRule, ErasureEntry } from './eraser.js';

/** What Mimecast said. What was concluded from it is erased only when that is asked for. */
const USUALLY: readonly Erasable[] = ['events', 'observations', 'rows'];

/** Which bodies are erased. */
export type ErasureRule =
  /** Older than a moment: events that happened, observations that were made before it. */
  | { readonly before: Date }
  /** Bodies that mention a person: an address, or a name. */
  | { readonly subject: string };

/** What is erased, and why. */
export interface ErasureRequest {
  readonly rule: ErasureRule;
  /** Default: events, observations and rows. */
  readonly what?: readonly Erasable[];
  /** Why. Recorded in the log, so without names of persons. */
  readonly reason: string;
  /** Who requested it, for the log. */
  readonly actor?: string;
}

/** How many bodies an erasure erased, or would erase. */
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
  /** Entries of the log that record it: one for each batch. */
  readonly entries: { readonly first: number; readonly last: number } | null;
  /**
   * Of an erasure by subject: the random key under which the log holds the subject's HMAC-SHA-256, in hex. It is stored
   * nowhere. With it you can prove later whose request the entries carried out; without it nobody can.
   */
  readonly receipt?: string;
}

/** Erases bodies by rule. An erased record keeps its place and its digest, so that the rest still verifies. */
export interface Erasure {
  /**
   * Erases bodies in batches. Each batch is one transaction with its entry in the log; after an interruption, the same call
   * resumes. Also for disconnected connections.
   *
   * @param signal ends it after the current batch
   * @throws EvidenceNotFoundError when there is no such connection
   */
  erase(connectionId: string, request: ErasureRequest, signal?: AbortSignal): Promise<ErasureReport>;
  /** Returns what an erasure would erase. Changes nothing. */
  preview(connectionId: string, request: Pick<ErasureRequest, 'rule' | 'what'>): Promise<Erased>;
  /** Erases what is older than the retention in the connection's settings. */
  applyRetention(connectionId: string, now: Date, signal?: AbortSignal): Promise<Erased>;
}

export function createErasure(db: Database): Erasure {
  const erasers: Readonly<Record<Erasable, Eraser>> = {
    events: eventsEraser(db),
    observations: observationsEraser(db),
    rows: rowsEraser(db),
    verdicts: verdictsEraser(db),
  };

  const goThrough = async (
    connectionId: string,
    kinds: readonly Erasable[],
    rule: PreparedRule,
    entry: ErasureEntry | undefined,
    signal?: AbortSignal,
  ): Promise<Erased & { sequences: number[] }> => {
    const erased = { events: 0, observations: 0, rows: 0, verdicts: 0 };
    const sequences: number[] = [];
    for (const kind of kinds) {
      let after: unknown;
      do {
        const batch = await erasers[kind].batch(connectionId, rule, after, entry);
        erased[kind] += batch.erased;
        if (batch.sequence !== undefined) sequences.push(batch.sequence);
        after = batch.next;
      } while (after !== undefined && signal?.aborted !== true);
    }
    return { ...erased, sequences };
  };

  return {
    async erase(connectionId, { rule, what = USUALLY, reason, actor }, signal) {
      if (!(await readConnection(db, connectionId))) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
      const { prepared, told, receipt } = prepare(rule);
      const entry = { ...told, reason, ...(actor !== undefined && { actor }) };
      const { sequences, ...erased } = await goThrough(connectionId, what, prepared, entry, signal);
      const [first, last] = [sequences.at(0), sequences.at(-1)];
      const entries = first === undefined || last === undefined ? null : { first, last };
      return { connectionId, ...erased, entries, ...(receipt !== undefined && { receipt }) };
    },

    async preview(connectionId, { rule, what = USUALLY }) {
      const { events, observations, rows, verdicts } = await goThrough(
        connectionId,
        what,
        prepare(rule).prepared,
        undefined,
      );
      return { events, observations, rows, verdicts };
    },

    async applyRetention(connectionId, now, signal) {
      const row = await readConnection(db, connectionId);
      if (!row) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
      const { eventBodiesDays, verdictsDays } = retentionOf(row.settings);
      const eraseOlder = async (kind: Erasable, days: number, reason: string): Promise<Erased> => {
        const before = new Date(now.getTime() - days * DAY_MS);
        const entry = { rule: 'retention', before: before.toISOString(), reason };
        return await goThrough(connectionId, [kind], { before }, entry, signal);
      };
      const { events } = await eraseOlder(
        'events',
        eventBodiesDays,
        `event bodies are kept for ${eventBodiesDays} days`,
      );
      const { rows } = await eraseOlder('rows', eventBodiesDays, `rows are kept for ${eventBodiesDays} days`);
      const { verdicts } = await eraseOlder('verdicts', verdictsDays, `verdicts are kept for ${verdictsDays} days`);
      return { events, observations: 0, rows, verdicts };
    },
  };
}

const DAY_MS = 86_400_000;

interface Prepared {
  readonly prepared: PreparedRule;
  readonly told: ErasureEntry;
  readonly receipt?: string;
}

function prepare(rule: ErasureRule): Prepared {
  if ('subject' in rule) return subjectRule(rule.subject);
  return { prepared: { before: rule.before }, told: { rule: 'before', before: rule.before.toISOString() } };
}
