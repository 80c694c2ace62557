import type {
  ApiVersion,
  ConnectionSettings,
  ConnectionState,
  CredentialState,
  EndpointName,
  RotationOutcome,
  Stream,
} from '../model/connection.js';
import type { EndpointOutcome, PollOutcome } from '../model/outcomes.js';
import type { Annotation } from '../model/verdicts.js';
import type { KeyAge } from '../model/key-age.js';
import type { PostureStatus } from './requests/verdicts.js';

export type { PostureStatus };

/** Result of a connection test. The JSON of `connect --json` and `test --json`. */
export interface ConnectionTest {
  readonly connectionId: string;
  /** The keys were accepted and nothing that is needed failed. */
  readonly ok: boolean;
  readonly authentication: 'accepted' | 'rejected' | 'expired' | 'unreachable' | 'wrong-region';
  readonly apiVersion: ApiVersion;
  readonly baseUrl: string;
  readonly suggestedBaseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  /** Vendor's clock minus the database's, which signs the calls, in milliseconds. */
  readonly clockSkewMs?: number;
  /** Calls in a period and calls left, as the last answer said. */
  readonly rateLimit?: { readonly limit?: number; readonly remaining?: number; readonly resetMs?: number };
  readonly endpoints: readonly EndpointReport[];
  /** Time in milliseconds for which no call is made, because keys were refused too often. No call was made now. */
  readonly waitMs?: number;
  /** The operator's next step. Absent when none is needed. */
  readonly action?: string;
}

/** The last poll of one endpoint: its outcome, and how many pages and records it brought. */
export interface EndpointReport {
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly path: string;
  readonly outcome: EndpointOutcome;
  /** The permission to grant, when it is missing. */
  readonly permission?: string;
  readonly items?: number;
  /** There are more items than the request returned: a test reads one small page of the audit log. */
  readonly more?: true;
  readonly action?: string;
}

/** Result of a rotation. The JSON of `rotate --json`. */
export interface RotationReport {
  readonly connectionId: string;
  /** The version that these keys have; none when they were refused before anything was staged. */
  readonly version?: number;
  readonly accepted: boolean;
  /** None when no call was made. */
  readonly report?: ConnectionTest;
  /** The reason for not accepting them. */
  readonly reason?: string;
  /** These keys are in use already; nothing was changed. */
  readonly unchanged?: boolean;
  /** Nothing was tried: no call is made for this time (milliseconds), because keys were refused too often. */
  readonly waitMs?: number;
}

/** Result of a change of settings. */
export interface SettingsReport {
  readonly connectionId: string;
  readonly accepted: boolean;
  /** As they are now. */
  readonly settings: ConnectionSettings;
  /** None when the change needed no proof. */
  readonly report?: ConnectionTest;
  readonly reason?: string;
}

/** Result of a resume: the streams that run again, and those that stay paused, with the reason. */
export interface ResumeReport {
  readonly connectionId: string;
  /** None of the requested streams is paused any more. */
  readonly resumed: boolean;
  readonly status: ConnectionStatus;
  /** The probe of keys that were refused. */
  readonly report?: ConnectionTest;
  readonly reason?: string;
}

/** Result of an annotation. The JSON of `annotate --json`. */
export interface AnnotationReport {
  readonly connectionId: string;
  readonly annotation: Annotation;
  /** The verdicts after it. */
  readonly posture?: PostureStatus;
}

/** Result of every poll workflow. */
export interface PollResult {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly outcome: PollOutcome;
  readonly endpoints: readonly PolledEndpoint[];
  /** Number of pages read and stored. Audit events and threat statistics only, as the next three. */
  readonly pages?: number;
  /** Events, or rows of the protection logs. */
  readonly events?: number;
  readonly newEvents?: number;
  /** Everything before this moment (ISO, UTC) is held. */
  readonly watermark?: string;
  /** Head of the connection's hash-chained log when the poll ended. */
  readonly head?: { readonly sequence: number; readonly hash: string };
}

/** Result of one poll at one endpoint. */
export interface PolledEndpoint {
  readonly endpoint: EndpointName;
  readonly path: string;
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** SHA-256 of the stored body. */
  readonly digest?: string;
  readonly permission?: string;
  readonly error?: string;
}

/** Answer of a connection's workflow to `status`: its own part of what `temporal-mimecast status` shows. */
export interface ConnectionStatus {
  readonly connectionId: string;
  /** `starting` until the first run has read the connection's row. */
  readonly state: ConnectionState | 'starting';
  readonly baseUrl?: string;
  readonly apiVersion?: ApiVersion;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly settings?: ConnectionSettings;
  /** The keys in use, or those that were saved last when none are. */
  readonly credentials?: CredentialStatus;
  /** New keys that are being proved. */
  readonly pendingVersion?: number;
  readonly pauses?: Readonly<Partial<Record<Stream, string>>>;
  /** Reasons for which streams are paused. */
  readonly pausedFor?: readonly PauseReason[];
  /** ISO, UTC: since when the keys are refused. */
  readonly refusedSince?: string;
  /** The same as a duration up to this answer, by the database's clock. Only in answers of activities. */
  readonly refusedForMs?: number;
  /** ISO, UTC: when keys that are refused or still unproved are tried again. */
  readonly nextProbeAt?: string;
  readonly lastRotation?: RotationOutcome;
  /** Summary of the newest evaluation. Absent before the first one. */
  readonly posture?: PostureStatus;
  /** Reason why the stored connection cannot be used, and the command that fixes it. */
  readonly unreadable?: { readonly problem: string; readonly fix: string };
  /** Signals that were invalid and had no effect, since the connection's workflow was started. */
  readonly droppedSignals?: number;
}

/** A version of the keys, without the keys. Moments are ISO 8601 in UTC. */
export interface CredentialStatus {
  readonly version: number;
  readonly state: CredentialState;
  /** ISO, UTC. */
  readonly issuedAt: string;
  /** By the connection's thresholds: due for rotation, or overdue. */
  readonly age?: KeyAge;
  /** ISO, UTC: when their rotation is due and overdue. */
  readonly dueAt: string;
  readonly overdueAt: string;
  /** Lower-case hex SHA-256 of the sealed text. */
  readonly sealedDigest: string;
  /** Recognises the same keys in another sealed text. */
  readonly fingerprint?: string;
}

/** The party that paused a stream: the connection, because Mimecast refused its keys, or an operator. */
export type PauseReason = 'keys-refused' | 'operator';

/** A run that `pollNow` started, or joined because it was already going. */
export interface StartedPoll {
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}
