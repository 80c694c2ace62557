import type {
  ApiVersion,
  ConnectionSettings,
  ConnectionState,
  CredentialState,
  EndpointName,
  Stream,
} from '../evidence/connection.js';
import type { EndpointOutcome, PollOutcome } from '../evidence/outcomes.js';

/** What a connection test found. The JSON of `connect --json` and `test --json`. */
export interface ConnectionReport {
  readonly connectionId: string;
  /** The keys were accepted and nothing that is needed failed. */
  readonly ok: boolean;
  readonly authentication: 'accepted' | 'rejected' | 'expired' | 'unreachable' | 'wrong-region';
  readonly apiVersion: ApiVersion;
  readonly baseUrl: string;
  readonly suggestedBaseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  /** Vendor's clock minus this worker's, in milliseconds. */
  readonly clockSkewMs?: number;
  readonly endpoints: readonly EndpointReport[];
  /** What the operator should do next; none when all is well. */
  readonly action?: string;
}

export interface EndpointReport {
  readonly stream: Stream;
  readonly path: string;
  readonly outcome: EndpointOutcome;
  /** The permission to grant, when it is missing. */
  readonly permission?: string;
  readonly items?: number;
  readonly action?: string;
}

/** What a poll came to: the result of every poll workflow. */
export interface PollResult {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly outcome: PollOutcome;
  readonly endpoints: readonly PolledEndpoint[];
  /** Pages asked for and stored. Audit events only, as the next three. */
  readonly pages?: number;
  readonly events?: number;
  readonly newEvents?: number;
  /** Everything before this moment (ISO, UTC) is held. */
  readonly watermark?: string;
  /** Head of the connection's hash-chained log when the poll ended. */
  readonly head?: { readonly sequence: number; readonly hash: string };
}

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

/** What the entity answers to `status`: its own part of what `temporal-mimecast status` shows. */
export interface ConnectionStatus {
  readonly connectionId: string;
  /** `starting` until the first run has read the connection's row. */
  readonly state: ConnectionState | 'starting';
  readonly baseUrl?: string;
  readonly apiVersion?: ApiVersion;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly settings?: ConnectionSettings;
  readonly credentials?: CredentialStatus;
  readonly pauses?: Readonly<Partial<Record<Stream, string>>>;
}

export interface CredentialStatus {
  readonly version: number;
  readonly state: CredentialState;
  /** ISO, UTC. */
  readonly issuedAt: string;
}

/** A run that `pollNow` started, or joined because it was already going. */
export interface StartedPoll {
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}
