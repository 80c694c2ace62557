import { createHash, type Hash } from 'node:crypto';
import { sha256 } from '../database/canonical.js';
import { genesis, type LogHead } from '../log/append.js';
import type { ProofEntry, ProofEvidence, ProofRecord } from './proof-records.js';
import { parseRecord, type LogRecord } from '../log/record.js';

/** Position of a log according to a checkpoint. */
export interface Checkpointed extends LogHead {
  /** Time of the checkpoint: ISO, UTC. */
  readonly at: string;
}

/** Result of verifying a log, with the first entry that does not verify. */
export interface Verification {
  readonly connectionId: string;
  readonly ok: boolean;
  readonly records: number;
  /** Number of bodies that were erased by rule. */
  readonly erased?: {
    readonly events: number;
    readonly observations: number;
    readonly rows: number;
    readonly verdicts: number;
  };
  /** The checkpoint that was found on the chain. */
  readonly checkpoint?: { readonly sequence: number; readonly at: string };
  readonly firstBroken?: { readonly sequence: number; readonly kind: string; readonly reason: string };
}

export type Broken = NonNullable<Verification['firstBroken']>;

/** Digest of an entry, while the evidence that it covers is read. */
interface Expected {
  readonly entry: ProofEntry;
  readonly kind: string;
  readonly data: LogRecord['data'];
  readonly digest: Hash;
  events: number;
  bodies: number;
}

/** Evidence that claims to be erased by a later entry, until that entry is read. */
interface Claim {
  readonly digest: Hash;
  readonly first: Broken;
  count: number;
}

/**
 * Verifies a log and its evidence in one pass, in the order of `proofRecords`, from the database or from a bundle.
 * All hashes are computed here.
 *
 * Its memory grows with the number of erasures and of different observation bodies, not with that of events. Only
 * bodies are proved. The columns beside them in the database serve to find bodies.
 */
export class LogVerifier {
  /** Number of entries verified so far. */
  length = 0;
  events = 0;
  observations = 0;
  readonly erased = { events: 0, observations: 0, rows: 0, verdicts: 0 };
  private readonly checkpoint: Checkpointed | undefined;
  private hash: Buffer;
  private expected: Expected | undefined;
  private readonly bodies = new Set<string>();
  private readonly claims = new Map<number, Claim>();

  constructor(connectionId: string, checkpoint?: Checkpointed) {
    this.hash = genesis(connectionId);
    this.checkpoint = checkpoint;
  }

  /** @returns the problem, or undefined */
  take(record: ProofRecord): Broken | undefined {
    return record.type === 'entry' ? this.takeEntry(record) : this.takeEvidence(record);
  }

  /** @param head the expected head of the log @returns the problem, or undefined */
  end(head: LogHead | undefined): Broken | undefined {
    const short = this.close() ?? this.endsAt(head);
    if (short) return short;
    const [open] = [...this.claims.values()];
    return open?.first;
  }

  private takeEntry(entry: ProofEntry): Broken | undefined {
    const broken = this.close() ?? this.follow(entry);
    if (broken) return broken;

    const parsed = parseRecord(entry.record);
    if (!parsed) return { sequence: entry.sequence, kind: 'entry', reason: 'its text is not that of an entry' };
    const { kind, data } = parsed;
    this.expected = { entry, kind, data, digest: createHash('sha256'), events: 0, bodies: 0 };
    if (kind === 'observation') this.observations += 1;
    return this.settleClaim(entry.sequence, kind, data) ?? this.differsFromCheckpoint();
  }

  private follow({ sequence, hash, record }: ProofEntry): Broken | undefined {
    const expected = this.length + 1;
    if (sequence !== expected) return missing(expected, `the next entry is ${sequence}`);

    this.hash = createHash('sha256').update(this.hash).update(record).digest();
    if (this.hash.toString('hex') !== hash) {
      return { sequence, kind: 'entry', reason: 'its hash does not follow from its text and the hash before it' };
    }
    this.length = sequence;
    return undefined;
  }

  private differsFromCheckpoint(): Broken | undefined {
    if (this.checkpoint?.sequence !== this.length) return undefined;
    const { hash, at } = this.checkpoint;
    if (hash === this.hash.toString('hex')) return undefined;
    return {
      sequence: this.length,
      kind: 'checkpoint',
      reason: `the log up to this entry is not the one that the checkpoint of ${at} was made of`,
    };
  }

  private takeEvidence(evidence: ProofEvidence): Broken | undefined {
    const { expected } = this;
    const ofPage = evidence.type === 'event' || evidence.type === 'row';
    if (expected?.kind !== ENTRY_OF[evidence.type] || (!ofPage && !awaitsBody(expected))) {
      return this.broken(`an ${evidence.type} follows this entry that it does not tell of`);
    }
    if (ofPage) {
      expected.events += 1;
      expected.digest.update(evidence.sha256, 'hex');
    } else {
      expected.bodies += 1;
      if (evidence.sha256 !== digestOf(expected)) return this.broken(CHANGED[evidence.type]);
    }
    return this.checkBody(evidence);
  }

  private checkBody({ type, sha256: digest, erasedBy, repeated, body }: ProofEvidence): Broken | undefined {
    if (erasedBy !== undefined) {
      if (body !== undefined) return this.broken(`a body that entry ${erasedBy} erased is held again`);
      return this.claim(erasedBy, type, digest);
    }
    if (repeated && this.bodies.has(digest)) return undefined;
    if (body === undefined) return this.broken(LOST[type]);
    if (sha256(body).toString('hex') !== digest) return this.broken(CHANGED[type]);
    if (type === 'observation') this.bodies.add(digest);
    return undefined;
  }

  private claim(erasedBy: number, type: ProofEvidence['type'], digest: string): Broken | undefined {
    const first = this.broken(`an ${type} is marked as erased by entry ${erasedBy}, which does not say so`);
    if (erasedBy <= this.length) return first;
    const claim = this.claims.get(erasedBy) ?? { digest: createHash('sha256'), first, count: 0 };
    claim.digest.update(digest, 'hex');
    claim.count += 1;
    this.claims.set(erasedBy, claim);
    this.erased[ERASED_AS[type]] += 1;
    return undefined;
  }

  /** Compares the evidence that claims to be erased by an entry with the entry. */
  private settleClaim(sequence: number, kind: string, data: LogRecord['data']): Broken | undefined {
    const claim = this.claims.get(sequence);
    this.claims.delete(sequence);
    if (kind !== 'erased') return claim?.first;

    const count = claim?.count ?? 0;
    if (count !== data['count']) {
      return this.broken(`this entry erased ${String(data['count'])} bodies, and ${count} are marked as erased by it`);
    }
    const digest = (claim?.digest ?? createHash('sha256')).digest('hex');
    return digest === data['digest']
      ? undefined
      : this.broken('what is marked as erased by this entry is not what it erased');
  }

  /** All evidence of the current entry has been read. */
  private close(): Broken | undefined {
    const { expected } = this;
    if (!expected) return undefined;
    const { kind, data, events } = expected;
    if (digestOf(expected) !== undefined && expected.bodies === 0) return this.broken(`this ${kind} is gone`);
    if (kind === 'statistics-page') return this.closeRows(expected);
    if (kind !== 'page') return undefined;

    this.events += events;
    if (events !== data['newEvents']) {
      return this.broken(`this page brought ${String(data['newEvents'])} events, and ${events} of them are held`);
    }
    return expected.digest.digest('hex') === data['digest']
      ? undefined
      : this.broken('the events of this page are not those that were stored');
  }

  /** Rows of a protection log, if they are kept. Their counts are verified by `StatisticsCheck`. */
  private closeRows({ data, events, digest }: Expected): Broken | undefined {
    if (data['bodiesDigest'] === undefined) {
      return events === 0 ? undefined : this.broken('rows follow this page that it did not keep');
    }
    if (events !== data['newRows']) {
      return this.broken(`this page kept ${String(data['newRows'])} rows, and ${events} of them are held`);
    }
    return digest.digest('hex') === data['bodiesDigest']
      ? undefined
      : this.broken('the rows of this page are not those that were stored');
  }

  private endsAt(head: LogHead | undefined): Broken | undefined {
    const sequence = head?.sequence ?? 0;
    if (sequence !== this.length) return missing(this.length + 1, `the head says that there are ${sequence} entries`);
    if (head && head.hash !== this.hash.toString('hex')) {
      return { sequence, kind: 'head', reason: 'the head is not the hash of the last entry' };
    }
    if (!this.checkpoint || this.checkpoint.sequence <= this.length) return undefined;
    const { at, sequence: made } = this.checkpoint;
    return missing(this.length + 1, `the checkpoint of ${at} says that there were ${made} entries`);
  }

  private broken(reason: string): Broken {
    return { sequence: this.length, kind: this.expected?.kind ?? 'entry', reason };
  }
}

/** The kind of entry that covers each kind of evidence. */
const ENTRY_OF = {
  event: 'page',
  row: 'statistics-page',
  observation: 'observation',
  evaluation: 'evaluation',
} as const;

const CHANGED: Readonly<Record<ProofEvidence['type'], string>> = {
  event: 'an event of this page was changed after it was stored',
  row: 'a row of this page was changed after it was stored',
  observation: 'the body of this observation was changed',
  evaluation: 'the verdicts of this evaluation were changed',
};
const LOST: Readonly<Record<ProofEvidence['type'], string>> = {
  event: 'the body of an event of this page is gone',
  row: 'the body of a row of this page is gone',
  observation: 'the body of this observation is gone',
  evaluation: 'the verdicts of this evaluation are gone',
};
const ERASED_AS = { event: 'events', row: 'rows', observation: 'observations', evaluation: 'verdicts' } as const;

/** The body of an entry has not been read yet. */
const awaitsBody = (expected: Expected): boolean => digestOf(expected) !== undefined && expected.bodies === 0;

/** Returns the digest of the body that an entry covers; undefined for an entry without a body. */
function digestOf(expected: Expected | undefined): string | undefined {
  const digest = expected?.kind === 'observation' || expected?.kind === 'evaluation' ? expected.data['digest'] : null;
  return typeof digest === 'string' ? digest : undefined;
}

function missing(sequence: number, reason: string): Broken {
  return { sequence, kind: 'missing', reason: `entry ${sequence} is missing: ${reason}` };
}
