import type * as z from 'zod/mini';
import type { ApiVersion, ConnectionSettings } from '../../model/connection.js';
import type { AnyKind } from '../../model/setting-kinds.js';
import type { SETTINGS } from '../../model/settings-table.js';

/**
 * Connections as they should be. What a connection does not set has its default: first the document's `defaults`, then
 * the product's. Paths, thresholds, coverage and retentions that are taken out of a document go back to their defaults.
 */
export interface ApplyDocument {
  /** Merged under every connection of this document. */
  readonly defaults?: SharedFields | undefined;
  /** By their ids. */
  readonly connections: Readonly<Record<string, ConnectionFields>>;
}

type Table = typeof SETTINGS;
type NameInFiles = {
  [Name in keyof Table]: Table[Name] extends { readonly inFiles: string } ? never : Name;
}[keyof Table];

type Written<Setting> = Setting extends { readonly holds: AnyKind }
  ? z.input<ReturnType<Setting['holds']['written']>>
  : never;
type WrittenContent<Entry> = Entry extends { readonly fields: infer Fields }
  ? { readonly [Name in keyof Fields as KeyInFile<Fields[Name], Name>]?: Written<Fields[Name]> | undefined }
  : Written<Entry>;
type KeyInFile<Setting, Name> = Setting extends { readonly fileKey: infer Key extends string } ? Key : Name & string;
type WrittenEach<Entry, Content> = Entry extends { readonly each: readonly (infer Name extends string)[] }
  ? Readonly<Partial<Record<Name, Content | undefined>>>
  : Content;

/** The settings that several connections may share. docs/settings.md explains each. */
export type SharedFields = {
  readonly [Name in NameInFiles]?: WrittenEach<Table[Name], WrittenContent<Table[Name]>> | undefined;
};

/** Without keys an existing connection keeps those that it has. */
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

/** A connection as it should be, with all defaults. */
export interface WantedConnection {
  readonly connectionId: string;
  /** Which document it is in, counted from 0. */
  readonly document: number;
  readonly settings: WantedSettings;
  readonly keys?: WantedKeys;
  readonly issuedAt?: Date;
  readonly expectedAccount?: string;
}

export type WantedSettings = Pick<ConnectionSettings, NameInFiles>;

export type WantedKeys =
  /** `fingerprint`: none when the sealed text has none. */
  | { readonly sealed: string; readonly digest: string; readonly fingerprint?: string }
  | { readonly credentials: unknown; readonly fingerprint: string; readonly apiVersion: ApiVersion };
