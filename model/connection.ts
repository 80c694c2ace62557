/**
 * What a connection is, as its row in Postgres holds it. The row is the truth about a connection; the connection's
 * workflow is its only writer and everything else reads it.
 */

/** The streams of evidence that are polled, each by a schedule of its own. */
export type Stream = 'audit-events' | 'policies' | 'archive-settings' | 'account' | 'threat-statistics';

/** The vendor's endpoints by the name that settings, reports and messages use for them. */
export type EndpointName =
  | 'audit-events'
  | 'blocked-senders'
  | 'content-examination'
  | 'url-protect'
  | 'attachment-management'
  | 'archive-settings'
  | 'account'
  | ProtectionLogEndpoint
  | VendorStatistics;

/** The logs that threat statistics are counted from. */
export type ProtectionLogEndpoint = 'ttp-url-logs' | 'ttp-attachment-logs' | 'ttp-impersonation-logs' | 'dlp-logs';

/** The vendor's own totals, of API 2.0 alone. */
export type VendorStatistics = 'stats-url-clicks' | 'stats-attachment-scans' | 'stats-impersonations';

/** Which of the vendor's API generations a connection speaks. */
export type ApiVersion = '1.0' | '2.0';

/** How one stream of one connection is polled. */
export interface StreamSettings {
  readonly enabled: boolean;
  /** Time between two scheduled polls, in milliseconds. */
  readonly everyMs: number;
}

/** The settings of a connection. JSON, without secrets. */
export interface ConnectionSettings {
  /** Origin of the tenant's grid, without a trailing slash: `https://eu-api.mimecast.com`. */
  readonly baseUrl: string;
  readonly apiVersion: ApiVersion;
  readonly streams: Readonly<Partial<Record<Stream, StreamSettings>>>;
  /** Paths that replace the default ones; for the endpoints without a public contract. */
  readonly endpointPaths?: Readonly<Partial<Record<EndpointName, string>>>;
  readonly pagination: {
    /** Rows asked for per page, 1 to 500. */
    readonly pageSize: number;
    /** Where the page token is sent: the documented `meta.pagination`, or the product specification's `data[0]`. */
    readonly tokenIn: 'meta' | 'data';
  };
  /** Account code that the keys must open. Default: the account of the first accepted keys. */
  readonly expectedAccount?: string;
  /** Requirements for this tenant, where they differ from the defaults. */
  readonly thresholds?: Thresholds;
  /** Domains and groups that policies must cover, when policies apply to a part of the mail only. */
  readonly coverage?: Coverage;
  /** How long evidence is kept. Default: 400 days for event bodies, 2,555 days for verdicts. */
  readonly retention?: Retention;
  readonly statistics?: StatisticsSettings;
  /** When refused keys are tried again, where it differs from the defaults. */
  readonly refusals?: Partial<RefusalRules>;
}

/** What is kept of the protection logs. */
export interface StatisticsSettings {
  /** Keeps the rows of the protection logs beside their counts. Default false: rows name people. */
  readonly keepRows?: boolean;
}

/** Limits for verdicts and reminders. */
export interface Thresholds {
  /** Shortest acceptable retention of the archive, in days. */
  readonly retentionDays?: number;
  /** Age of the keys at which their rotation is due, in days. */
  readonly keysDueDays?: number;
  /** Age of the keys at which their rotation is overdue, in days. */
  readonly keysOverdueDays?: number;
}

/**
 * The tenant's domains and groups that matter. Policies that are only for a part of the mail are enough when they cover
 * every one of them.
 */
export interface Coverage {
  /** `acme.example`. A policy for a domain is not one for its subdomains. */
  readonly domains?: readonly string[];
  /** Profile groups, as policies name them: by their id, or by the name that Mimecast gives with it. */
  readonly groups?: readonly string[];
}

/** How long evidence is kept. What is older is erased by rule: it keeps its place and its digest in the log. */
export interface Retention {
  /** Bodies of audit events, since the event happened, in days. */
  readonly eventBodiesDays?: number;
  /** Records of what controls said, in days. */
  readonly verdictsDays?: number;
}

/** How a connection confirms that its keys are refused, and when it tries them again. In milliseconds. */
export interface RefusalRules {
  /** Between a poll's refusal and the connection's own check, so that a short incident at Mimecast pauses nothing. */
  readonly confirmAfterMs: number;
  /** Since the pause, for the first probes. Ascending. */
  readonly probeAfterMs: readonly number[];
  /** Between the probes that follow. */
  readonly probeEveryMs: number;
}

/** The state of a connection. */
export type ConnectionState =
  /** Its keys were accepted and its schedules run. */
  | 'connected'
  /** Saved, but its keys were never accepted or are refused: its schedules are paused. */
  | 'refused'
  | 'disconnecting'
  /** Schedules deleted and keys destroyed; the evidence is kept. */
  | 'disconnected';

/** Why a stream's schedule is paused. The operator's pauses and ours never lift each other. */
export interface StreamPause {
  readonly by: 'operator' | 'refused-keys';
  readonly note: string;
  /** ISO, UTC. */
  readonly since: string;
}

/** A connection as the database holds it. */
export interface ConnectionRow {
  readonly connectionId: string;
  /** Raised by each connect and disconnect. Work of an older generation stores nothing. */
  readonly generation: number;
  readonly state: ConnectionState;
  readonly settings: ConnectionSettings;
  /** Pinned when keys were first accepted. */
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly pauses: Readonly<Partial<Record<Stream, readonly StreamPause[]>>>;
  /** The version whose keys polls use. */
  readonly activeVersion?: number;
  /** The outcome of the newest rotation. */
  readonly lastRotation?: RotationOutcome;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The outcome of a rotation, for senders that announced it and got no answer. */
export interface RotationOutcome {
  /** ISO, UTC. */
  readonly at: string;
  readonly accepted: boolean;
  /** Absent when the keys were rejected before they were stored. */
  readonly version?: number;
  /** Why it was not accepted. One line, free of secrets. */
  readonly reason?: string;
  /** The sender's note. */
  readonly note?: string;
}

/** The state of one version of a connection's keys. A connection has at most one `active` and one `pending` version. */
export type CredentialState = 'pending' | 'active' | 'retired' | 'rejected';

/** One set of keys of a connection. The sealed text is there only while the version is pending or active. */
export interface CredentialVersion {
  readonly connectionId: string;
  readonly version: number;
  readonly state: CredentialState;
  readonly sealed?: string;
  /** Lower-case hex SHA-256 of the sealed text; recognises the same keys sent again. */
  readonly sealedDigest: string;
  /** Key id of the ring that sealed it. */
  readonly kid: string;
  /** The version of the API that the keys are for. */
  readonly apiVersion: ApiVersion;
  /** The base URL that comes into force with the keys; none for keys that are used where the connection is. */
  readonly baseUrl?: string;
  /** Recognises the same keys in another sealed text. Absent when the sealing service did not compute it. */
  readonly fingerprint?: string;
  /** Why it was rejected. */
  readonly reason?: string;
  readonly issuedAt: Date;
  /** The issue date is known. Otherwise `issuedAt` is when the keys were stored. */
  readonly issueDateKnown: boolean;
  /** When the vendor first accepted these keys. */
  readonly acceptedAt?: Date;
}
