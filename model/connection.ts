import type { ApiVersion, ConnectionSettings } from './settings.js';
import type { UnreadableRow } from './stored-settings.js';
import type { Stream } from './streams.js';

export type { EndpointName, ProtectionLogEndpoint, VendorStatistics } from './endpoints.js';
export type { ApiVersion, ConnectionSettings, Coverage } from './settings.js';
export type { Stream } from './streams.js';

/**
 * A connection as its row in Postgres contains it. The row is the source of truth: only the connection's workflow writes
 * it, and everything else reads it.
 */

export type ConnectionState =
  /** Its keys were accepted and its schedules run. */
  | 'connected'
  /** Saved, but its keys were never accepted or are refused: its schedules are paused. */
  | 'refused'
  | 'disconnecting'
  /** Schedules deleted and keys destroyed; the evidence is kept. */
  | 'disconnected';

/** Pause of a stream's schedule. An operator's pause and a pause for rejected keys never lift each other. */
export interface StreamPause {
  readonly by: 'operator' | 'refused-keys';
  readonly note: string;
  /** ISO, UTC. */
  readonly since: string;
}

/** A connection as the evidence database holds it, without its keys. */
export interface ConnectionRow {
  readonly connectionId: string;
  /** Counts connects; work begun under an older generation may not store anything. */
  readonly generation: number;
  readonly state: ConnectionState;
  readonly settings: ConnectionSettings;
  /** The invalid part of the row. Its settings then have defaults in the place of invalid values, and may not be used. */
  readonly unreadable?: UnreadableRow;
  /** Pinned when keys were first accepted. */
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly pauses: Readonly<Partial<Record<Stream, readonly StreamPause[]>>>;
  /** The version whose keys polls use. */
  readonly activeVersion?: number;
  /** Outcome of the newest requested rotation. */
  readonly lastRotation?: RotationOutcome;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Outcome of a rotation, for senders that only announced it and got no answer. */
export interface RotationOutcome {
  /** ISO, UTC. */
  readonly at: string;
  readonly accepted: boolean;
  /** None when nothing was staged. */
  readonly version?: number;
  /** The reason for not accepting it. One line, free of secrets. */
  readonly reason?: string;
  /** The sender's note. */
  readonly note?: string;
}

/** Keys start as `pending`. A test makes them `active` or `rejected`; newer keys make them `retired`. */
export type CredentialState = 'pending' | 'active' | 'retired' | 'rejected';

/** One set of keys of a connection. The sealed text is there only while the version is pending or active. */
export interface CredentialVersion {
  readonly connectionId: string;
  readonly version: number;
  readonly state: CredentialState;
  readonly sealed?: string;
  /** Lower-case hex SHA-256 of the sealed text; recognises the same keys sent again. */
  readonly sealedDigest: string;
  /** Id of the key in the keyring that sealed it. */
  readonly kid: string;
  /** The version of the API that the keys are for. */
  readonly apiVersion: ApiVersion;
  /** The base URL that comes into force with the keys; none for keys that are used where the connection is. */
  readonly baseUrl?: string;
  /** Recognises the same keys in another sealed text. Absent when the sender gave none. See `vault/fingerprint.ts`. */
  readonly fingerprint?: string;
  /** The reason for its rejection. */
  readonly reason?: string;
  readonly issuedAt: Date;
  /** True when the sender gave the issue date; otherwise `issuedAt` is the time at which they were stored. */
  readonly issueDateKnown: boolean;
  /** When the vendor first accepted these keys. */
  readonly acceptedAt?: Date;
}
