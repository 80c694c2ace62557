import type { Dispatcher } from 'undici';
import type { CheckpointKey } from '../vault/checkpoint-key.js';
import type { Keyring } from '../vault/keys.js';
import type { EvidenceStore } from '../evidence/store.js';

/** What activities work with. Opened once for each worker and shared by all its activities. */
export interface ActivityDependencies {
  /** Migrated, and opened with `createEvidenceStore`. Its owner closes it after the worker has ended. */
  readonly store: EvidenceStore;
  /** The private ring that opens sealed keys. */
  readonly keyring: Keyring;
  /** Connection pool for calls to Mimecast. */
  readonly dispatcher: Dispatcher;
  /** Allows base URLs on this machine: for simulators only. */
  readonly allowLoopback: boolean;
  /** Where keys that are refused may be at home, instead of Mimecast's own hosts: for simulators and tests. */
  readonly regionBaseUrls?: readonly string[];
  /** Task queue on which the schedules start their polls. */
  readonly taskQueue: string;
  /** Where checkpoints are taken to; none are made without. */
  readonly checkpoints?: CheckpointDelivery;
  /** The clock. */
  readonly now: () => Date;
  /** Whether the worker is shutting down: a batch then ends early, with what it has stored. */
  readonly stopping: () => boolean;
}

/** Signs checkpoints, and takes them to where whoever may write to the database may not. */
export interface CheckpointDelivery {
  readonly key: CheckpointKey;
  /** @throws an error whose message is one line that may be shown to anybody */
  deliver(checkpoint: SignedCheckpoint): Promise<void>;
}

/** A checkpoint of one connection's log on one day, as a compact JWS (RFC 7515). */
export interface SignedCheckpoint {
  readonly connectionId: string;
  /** UTC day: `2026-11-24`. */
  readonly day: string;
  readonly jws: string;
}
