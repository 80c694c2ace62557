import type { Completeness } from './completeness.js';
import type { ApiVersion, ConnectionSettings, EndpointName, Stream } from './connection.js';
import type { EndpointOutcome } from './outcomes.js';
import type { DailyStatistics, Protection } from './statistics.js';

/**
 * Everything that the controls evaluate, gathered beforehand: controls read no store and no clock. Bodies are the vendor's
 * answers, without the fields that must not be kept.
 */
export interface Facts {
  readonly connectionId: string;
  /** The moment that is judged. */
  readonly now: Date;
  /** Since when evidence is owed: the first accepted proof of this connection. None before it. */
  readonly connectedAt?: Date;
  readonly settings: ConnectionSettings;
  readonly endpoints: Readonly<Partial<Record<EndpointName, EndpointFact>>>;
  readonly streams: Readonly<Partial<Record<Stream, StreamFact>>>;
  readonly keys?: KeysFact;
  /** Of the audit log, since `connectedAt` less what the vendor keeps. */
  readonly completeness?: Completeness;
  /** When the newest audit event that is held happened, of those that are not dated in the future. */
  readonly newestEventAt?: Date;
  /** The latest time of an audit event that the vendor dates in the future. It satisfies no freshness. */
  readonly futureEventAt?: Date;
  readonly statistics: StatisticsFact;
}

/** The newest answer of an endpoint, and the newest one that could be read. */
export interface EndpointFact {
  readonly latest: { readonly outcome: EndpointOutcome; readonly observedAt: Date; readonly permission?: string };
  /** The newest observation that is an answer: `collected`, or `empty`. */
  readonly readable?: ReadableFact;
  /** `data` and `fail` were both filled in the newest answer: it is kept, and not judged. */
  readonly partlyFailed?: boolean;
}

/** The newest answer of an endpoint that could be read, with its content. */
export interface ReadableFact {
  readonly outcome: 'collected' | 'empty';
  /** Lower-case hex SHA-256 of the canonical body. */
  readonly digest: string;
  readonly observedAt: Date;
  /** Observed + 2 × the stream's interval. */
  readonly freshUntil: Date;
  readonly items: readonly unknown[];
}

/** Interval of a stream, and the time of the last poll that read it. */
export interface StreamFact {
  readonly enabled: boolean;
  readonly everyMs: number;
  readonly paused: boolean;
  /** When the newest poll ended that read the stream: `collected`, `empty` or `unavailable`. */
  readonly lastGoodAt?: Date;
  /** When the stream was first owed: the connect, or when it was enabled. */
  readonly since?: Date;
}

/** The keys in use. */
export interface KeysFact {
  readonly version: number;
  readonly apiVersion: ApiVersion;
  readonly issuedAt: Date;
  /** False when the issue date is not known and `issuedAt` is when the keys were stored. */
  readonly issueDateKnown: boolean;
  readonly storedAt?: Date;
}

/** Statistics of the protection logs, for the days that controls look back. */
export interface StatisticsFact {
  readonly days: readonly DailyStatistics[];
  /** Of each protection, how far its log is held and whether it could be read. None when it was never polled. */
  readonly logs: Readonly<Partial<Record<Protection, LogFact>>>;
}

/** Last outcome of a protection log, and how far it is held. */
export interface LogFact {
  readonly outcome: EndpointOutcome;
  readonly observedAt: Date;
  readonly permission?: string;
  /** Everything of the log before this moment is held. */
  readonly watermark?: Date;
}
