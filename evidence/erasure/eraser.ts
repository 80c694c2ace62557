import { createHash } from 'node:crypto';
import type { Database, Queryable } from '../database/database.js';
import { append } from '../log/append.js';

export const ERASABLE = ['events', 'observations', 'rows', 'verdicts'] as const;

/** The kinds of evidence with bodies that can be erased. */
export type Erasable = (typeof ERASABLE)[number];

/** A rule in the form that erasers apply. */
export interface PreparedRule {
  /** Limits the erasure to bodies older than this. */
  readonly before?: Date;
  /** Limits the erasure to bodies for which this returns true. */
  readonly mentions?: (body: string) => boolean;
}

/** Fields of each log entry of an erasure, besides kind, count and digest. */
export type ErasureEntry = Readonly<Record<string, string>>;

/** An erasure of one connection's evidence. */
export interface ErasureRun {
  readonly connectionId: string;
  readonly rule: PreparedRule;
  /** Written to the log with each batch. Without it, matching bodies are counted and nothing is changed. */
  readonly entry?: ErasureEntry;
}

/** Erases one kind of evidence in batches, each in a transaction of its own. The signal stops it after a batch. */
export type Eraser = (
  db: Database,
  run: ErasureRun,
  signal: AbortSignal | undefined,
) => Promise<{ readonly erased: number; readonly sequences: readonly number[] }>;

/** The transaction of one batch. */
export interface Batch extends ErasureRun {
  readonly client: Queryable;
}

/** One kind of evidence: the statements that a batch runs, in this order. */
interface ErasedKind<Candidate, Item> {
  readonly what: Erasable;
  /** Candidates per transaction: bounds the memory, and how long polls wait for the head of the log. */
  readonly batchSize: number;
  /** Takes the locks that come before all others, when the batch erases. */
  readonly lock?: (batch: Batch) => Promise<void>;
  /** Reads the next candidates in the order of their key. */
  readonly candidates: (batch: Batch, after: Candidate | undefined) => Promise<Candidate[]>;
  /** Returns what is erased with the chosen candidates, locked when the batch erases, in the order of the log. */
  readonly items: (batch: Batch, chosen: readonly Candidate[]) => readonly Item[] | Promise<readonly Item[]>;
  /** Removes the bodies of the items. @param sequence the log entry that the rows refer to from now on */
  readonly blank: (batch: Batch, items: readonly Item[], sequence: string) => Promise<void>;
}

/**
 * Creates an eraser. A batch appends to the log how many bodies it erases and a digest over their digests, in the order in which
 * `verify` reads them, and then removes the bodies.
 */
export function eraser<
  Candidate extends { readonly body: string | null; readonly erased?: boolean },
  Item extends { readonly sha256: Buffer },
>(kind: ErasedKind<Candidate, Item>): Eraser {
  const eraseBatch = async (batch: Batch, after: Candidate | undefined) => {
    const { mentions } = batch.rule;
    if (batch.entry) await kind.lock?.(batch);
    const candidates = await kind.candidates(batch, after);
    const chosen = candidates.filter(({ erased, body }) => !erased && (mentions?.(body ?? '""') ?? true));
    const items = chosen.length === 0 ? [] : await kind.items(batch, chosen);
    const next = candidates.length < kind.batchSize ? undefined : candidates.at(-1);
    if (!batch.entry || items.length === 0) return { erased: items.length, next };

    const digest = createHash('sha256');
    for (const { sha256 } of items) digest.update(sha256);
    const entry = { ...batch.entry, what: kind.what, count: items.length, digest: digest.digest('hex') };
    const sequence = await append(batch.client, batch.connectionId, 'erased', entry);
    await kind.blank(batch, items, sequence);
    return { erased: items.length, sequence: Number(sequence), next };
  };

  return async (db, run, signal) => {
    const sequences: number[] = [];
    let erased = 0;
    let after: Candidate | undefined;
    do {
      const batch = await db.transaction((client) => eraseBatch({ ...run, client }, after));
      erased += batch.erased;
      if (batch.sequence !== undefined) sequences.push(batch.sequence);
      after = batch.next;
    } while (after && !signal?.aborted);
    return { erased, sequences };
  };
}
