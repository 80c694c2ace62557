import type { ConnectionSettings } from '../model/connection.js';

/** Keys in clear, which the client seals before it sends them, or sealed keys. */
export type KeyOptions =
  /** The four keys of API 1.0: `{ applicationId, applicationKey, accessKey, secretKey }`, or the two of API 2.0: `{ clientId, clientSecret }`. */
  | { readonly credentials: unknown; readonly sealed?: undefined }
  /** Compact JWE, as made by `sealCredentials` and `temporal-mimecast vault seal`. */
  | { readonly sealed: string; readonly credentials?: undefined };

/** Keys, and when they were issued. */
export type KeysRequest = KeyOptions & {
  /** When Mimecast issued the keys. Their age counts from here. Default: when they are accepted. */
  readonly issuedAt?: Date;
};

/** Request of `connect`: keys, base URL, and settings that differ from the defaults. */
export type NewConnectionRequest = KeysRequest & {
  readonly baseUrl: string;
  /** Settings that differ from the defaults. */
  readonly settings?: Partial<Omit<ConnectionSettings, 'baseUrl' | 'apiVersion'>>;
};

/** Request of `rotate` and `announceRotation`: the new keys. */
export type RotateRequest = KeysRequest & {
  /**
   * Base URL for the new keys, when it differs: keys of API 1.0 and 2.0 have different hosts. It changes together with the
   * keys, or not at all.
   */
  readonly baseUrl?: string;
  /** Stored with the outcome: who rotated, or why. Never a secret. */
  readonly note?: string;
};

/** The range of the audit log to read. */
export interface BackfillRequest {
  readonly from: Date;
  /** Default: now. Events that have not settled by then are left to the next poll. */
  readonly to?: Date;
}
