import type {
  ApiVersion,
  Coverage,
  EndpointName,
  Retention,
  StatisticsSettings,
  StreamSettings,
  Thresholds,
} from '../../model/connection.js';
import type { PolledStream } from '../../model/streams.js';

/**
 * The desired state of connections. A field that a connection does not set has the value of the document's `defaults`, and
 * then the product's default. Paths, thresholds, coverage and retentions that are removed from a document return to their
 * defaults.
 */
export interface ApplyDocument {
  /** Merged under every connection of this document. */
  readonly defaults?: SharedFields | undefined;
  /** Connections by id. */
  readonly connections: Readonly<Record<string, ConnectionFields>>;
}

/** Fields that several connections can share. */
export interface SharedFields {
  readonly baseUrl?: string | undefined;
  readonly streams?: Readonly<Partial<Record<PolledStream, StreamFields | undefined>>> | undefined;
  readonly endpointPaths?: Readonly<Partial<Record<EndpointName, string | undefined>>> | undefined;
  readonly pagination?: PaginationFields | undefined;
  readonly thresholds?: Readonly<Partial<Record<keyof Thresholds, number | undefined>>> | undefined;
  readonly coverage?: Readonly<Partial<Record<keyof Coverage, readonly string[] | undefined>>> | undefined;
  readonly retention?: Readonly<Partial<Record<keyof Retention, number | undefined>>> | undefined;
  readonly statistics?: StatisticsFields | undefined;
}

/** One connection. Without keys, an existing connection keeps the keys that it has. */
export interface ConnectionFields extends SharedFields {
  /** Compact JWE, as `sealCredentials` and `temporal-mimecast vault seal` make it. */
  readonly sealed?: string | undefined;
  /**
   * The four keys of API 1.0: `{ applicationId, applicationKey, accessKey, secretKey }`, or the two of API 2.0:
   * `{ clientId, clientSecret }`. Sealed before they leave this process.
   */
  readonly credentials?: unknown;
  /** When the vendor issued the keys: `2026-09-12`, or an ISO moment. Counts when they are taken into use. */
  readonly issuedAt?: string | undefined;
  /** Account code that the keys must open. */
  readonly expectedAccount?: string | undefined;
}

/** How one stream is polled. */
export interface StreamFields {
  readonly enabled?: boolean | undefined;
  /** `90m`, `6h`, `1d`. */
  readonly every?: string | undefined;
}

/** What is kept of the protection logs. */
export interface StatisticsFields {
  /** Keep the rows of the protection logs, which name people, beside what they count as. */
  readonly keepRows?: boolean | undefined;
}

/** How the paged logs are read. */
export interface PaginationFields {
  readonly pageSize?: number | undefined;
  readonly tokenIn?: 'meta' | 'data' | undefined;
}

/** A connection as it should be, with nothing left open. */
export interface WantedConnection {
  readonly connectionId: string;
  /** Which document it is in, counted from 0. */
  readonly document: number;
  readonly settings: WantedSettings;
  readonly keys?: WantedKeys;
  readonly issuedAt?: Date;
  readonly expectedAccount?: string;
}

export interface WantedSettings {
  readonly baseUrl: string;
  readonly streams: Readonly<Record<PolledStream, StreamSettings>>;
  readonly endpointPaths: Readonly<Partial<Record<EndpointName, string>>>;
  readonly pagination: { readonly pageSize: number; readonly tokenIn: 'meta' | 'data' };
  readonly thresholds: Thresholds;
  readonly coverage: Coverage;
  readonly retention: Retention;
  /** None where no document says anything of it. */
  readonly statistics?: StatisticsSettings;
}

export type WantedKeys =
  /** `fingerprint`: none when whoever sealed them gave none. */
  | { readonly sealed: string; readonly digest: string; readonly fingerprint?: string }
  | { readonly credentials: unknown; readonly fingerprint: string; readonly apiVersion: ApiVersion };
