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
import type { Annotation, ControlId, Summary } from '../model/verdicts.js';
import type { KeyAge } from '../model/key-age.js';

/** The result of a connection test. The JSON of `connect --json` and `test --json`. */
export interface ConnectionTest {
  readonly connectionId: string;
  /** The keys were accepted and nothing required failed. */
  readonly ok: boolean;
  readonly authentication: 'accepted' | 'rejected' | 'expired' | 'unreachable' | 'wrong-region';
  readonly apiVersion: ApiVersion;
  readonly baseUrl: string;
  readonly suggestedBaseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  /** Vendor's clock minus this worker's, in milliseconds. */
  readonly clockSkewMs?: number;
  /** Calls allowed per period and calls left, from the last answer. */
  readonly rateLimit?: { readonly limit?: number; readonly remaining?: number; readonly resetMs?: number };
  readonly endpoints: readonly EndpointReport[];
  /** What to do next. Absent when nothing is wrong. */
  readonly action?: string;
}

/** What one endpoint answered in a connection test. */
export interface EndpointReport {
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly path: string;
  readonly outcome: EndpointOutcome;
  /** The permission to grant, when it is missing. */
  readonly permission?: string;
  readonly items?: number;
  /** There are more items than were requested: a test reads one small page of the audit log. */
  readonly more?: true;
  readonly action?: string;
}

/** The outcome of a rotation. The JSON of `rotate --json`. */
export interface RotationReport {
  readonly connectionId: string;
  /** Version of these keys. Absent when they were rejected before they were stored. */
  readonly version?: number;
  readonly accepted: boolean;
  /** Absent when no call was made. */
  readonly report?: ConnectionTest;
  /** Why they were not accepted. */
  readonly reason?: string;
  /** These keys are in use already; nothing was changed. */
  readonly unchanged?: boolean;
}

/** The outcome of a change of settings. */
export interface SettingsReport {
  readonly connectionId: string;
  readonly accepted: boolean;
  /** The settings in force. */
  readonly settings: ConnectionSettings;
  /** Absent when the change needed no proof. */
  readonly report?: ConnectionTest;
  readonly reason?: string;
}

/** The outcome of a request to resume. */
export interface ResumeReport {
  readonly connectionId: string;
  /** None of the requested streams is paused any more. */
  readonly resumed: boolean;
  readonly status: ConnectionStatus;
  /** The probe of keys that were refused. */
  readonly report?: ConnectionTest;
  readonly reason?: string;
}

/** The outcome of an annotation. The JSON of `annotate --json`. */
export interface AnnotationReport {
  readonly connectionId: string;
  readonly annotation: Annotation;
  /** The verdicts after it. */
  readonly posture?: PostureStatus;
}

/** The result of a poll: what every poll workflow returns. */
export interface PollResult {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly outcome: PollOutcome;
  readonly endpoints: readonly PolledEndpoint[];
  /** Pages that were read and stored. Audit events and threat statistics only, as the next three. */
  readonly pages?: number;
  /** Events, or rows of the protection logs. */
  readonly events?: number;
  readonly newEvents?: number;
  /** Everything before this moment (ISO, UTC) is held. */
  readonly watermark?: string;
  /** Head of the connection's hash-chained log when the poll ended. */
  readonly head?: { readonly sequence: number; readonly hash: string };
}

/** What one endpoint answered in a poll. */
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

/** The answer of a connection's workflow to the query `status`. */
export interface ConnectionStatus {
  readonly connectionId: string;
  /** `starting` until the first run has read the connection's row. */
  readonly state: ConnectionState | 'starting';
  readonly baseUrl?: string;
  readonly apiVersion?: ApiVersion;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly settings?: ConnectionSettings;
  /** The keys in use, or the newest when none are in use. */
  readonly credentials?: CredentialStatus;
  /** New keys that are being proved. */
  readonly pendingVersion?: number;
  readonly pauses?: Readonly<Partial<Record<Stream, string>>>;
  /** Why streams are paused. */
  readonly pausedFor?: readonly PauseReason[];
  /** ISO, UTC: since when the keys are refused. */
  readonly refusedSince?: string;
  /** ISO, UTC: when keys that are refused or still unproved are tried again. */
  readonly nextProbeAt?: string;
  readonly lastRotation?: RotationOutcome;
  /** Summary of the newest verdicts. Absent before the first evaluation. */
  readonly posture?: PostureStatus;
}

/** Summary of the newest verdicts. */
export interface PostureStatus {
  /** ISO, UTC. */
  readonly at: string;
  /** The worst verdict of a control about the tenant. Also the search attribute `MimecastPosture`. */
  readonly worst: 'pass' | 'unknown' | 'fail';
  readonly summary: Summary;
  readonly failing: readonly ControlId[];
  /** ISO, UTC: when a verdict changes although nothing new is read. */
  readonly turnsAt?: string;
}

/** One version of a connection's keys. Never the keys themselves. */
export interface CredentialStatus {
  readonly version: number;
  readonly state: CredentialState;
  /** ISO, UTC. */
  readonly issuedAt: string;
  /** By the connection's thresholds: due for rotation, or overdue. */
  readonly age?: KeyAge;
  /** ISO, UTC: when their rotation is due and overdue. */
  readonly dueAt?: string;
  readonly overdueAt?: string;
  /** Lower-case hex SHA-256 of the sealed text. */
  readonly sealedDigest?: string;
  /** Recognises the same keys in another sealed text. */
  readonly fingerprint?: string;
}

/** Why a stream is paused: Mimecast refuses the keys, or an operator paused it. */
export type PauseReason = 'keys-refused' | 'operator';

/** A run that `pollNow` started, or joined because it was already going. */
export interface StartedPoll {
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}
