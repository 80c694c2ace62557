import type { Dispatcher } from 'undici';
import type { CheckpointKey } from '../vault/checkpoint-key.js';
import type { Keyring } from '../vault/keys.js';
import type { EvidenceStore } from '../evidence/store.js';

/** Dependencies of the activities. Opened once for each worker and shared by all its activities. */
export interface ActivityDependencies {
  /** Migrated, and opened with `createEvidenceStore`. Its owner closes it after the worker has ended. */
  readonly store: EvidenceStore;
  /** The private keyring that opens sealed keys. */
  readonly keyring: Keyring;
  /** Connection pool for calls to Mimecast. */
  readonly dispatcher: Dispatcher;
  /** Allows base URLs on this machine: for simulators only. */
  readonly allowLoopback: boolean;
  /** Base URLs that a test with `findRegion` tries instead of Mimecast's own hosts: for simulators and tests. */
  readonly regionBaseUrls?: readonly string[];
  /** Task queue on which the schedules start their polls. */
  readonly taskQueue: string;
  /** Signs and delivers checkpoints. Without it no checkpoints are made. */
  readonly checkpoints?: CheckpointDelivery;
  /** @deprecated Ignored: the activities use the database's clock. */
  readonly now?: () => Date;
  /** Returns whether the worker is shutting down. A batch then ends after the page that it is storing. */
  readonly stopping: () => boolean;
}

/** Signs checkpoints, and delivers them to a place that users with write access to the database cannot change. */
export interface CheckpointDelivery {
  readonly key: CheckpointKey;
  /**
   * Delivers one checkpoint.
   *
   * @throws an error whose message is one line without secrets: it is logged and shown by `doctor`
   */
  deliver(checkpoint: SignedCheckpoint): Promise<void>;
}

/** A checkpoint of one connection's log on one day, as a compact JWS (RFC 7515). */
export interface SignedCheckpoint {
  readonly connectionId: string;
  /** UTC day: `2026-11-24`. */
  readonly day: string;
  readonly jws: string;
}
