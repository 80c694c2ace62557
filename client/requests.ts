import type { ConnectionSettings } from '../evidence/connection.js';

/** Keys in clear, which are sealed before they leave this process, or sealed already. */
export type GivenKeys =
  /** The four keys: `{ applicationId, applicationKey, accessKey, secretKey }`. */
  | { readonly credentials: unknown; readonly sealed?: undefined }
  /** Compact JWE, as `sealCredentials` and `temporal-mimecast vault seal` make it. */
  | { readonly sealed: string; readonly credentials?: undefined };

export type KeysRequest = GivenKeys & {
  /** When the vendor issued the keys; now, if it is not known. Their age counts from here. */
  readonly issuedAt?: Date;
};

export type NewConnectionRequest = KeysRequest & {
  readonly baseUrl: string;
  /** What differs from the defaults. */
  readonly settings?: Partial<Omit<ConnectionSettings, 'baseUrl'>>;
};

export type RotateRequest = KeysRequest & {
  /** Kept with the outcome: who rotated, or why. Never a secret. */
  readonly note?: string;
};
