import type { ConnectionSettings } from '../model/connection.js';

/** Keys in clear, which are sealed before they leave this process, or sealed already. */
export type KeyOptions =
  /** The four keys of API 1.0: `{ applicationId, applicationKey, accessKey, secretKey }`, or the two of API 2.0: `{ clientId, clientSecret }`. */
  | { readonly credentials: unknown; readonly sealed?: undefined }
  /** Compact JWE, as `sealCredentials` and `temporal-mimecast vault seal` make it. */
  | { readonly sealed: string; readonly credentials?: undefined };

/** Keys, and when they were issued. */
export type KeysRequest = KeyOptions & {
  /** When the vendor issued the keys; now, if it is not known. Their age counts from here. */
  readonly issuedAt?: Date;
};

/** What `connect` needs: keys, base URL, and settings that differ from the defaults. */
export type NewConnectionRequest = KeysRequest & {
  readonly baseUrl: string;
  /** What differs from the defaults. */
  readonly settings?: Partial<Omit<ConnectionSettings, 'baseUrl' | 'apiVersion'>>;
};

/** What `rotate` and `announceRotation` need: the new keys. */
export type RotateRequest = KeysRequest & {
  /**
   * Where the new keys are used from now on, when that is another place: keys of another version of the API have other
   * hosts. It is taken together with the keys, or not at all.
   */
  readonly baseUrl?: string;
  /** Kept with the outcome: who rotated, or why. Never a secret. */
  readonly note?: string;
};

/** A range of the audit log that is to be held. */
export interface BackfillRequest {
  readonly from: Date;
  /** Now, unless it is given. What has not settled by then is left to the next poll. */
  readonly to?: Date;
}
