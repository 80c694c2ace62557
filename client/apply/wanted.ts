import { apiVersionOf, parseCredentials } from '../../mimecast/credentials.js';
import { fingerprintOf } from '../../vault/fingerprint.js';
import { describeSealed } from '../../vault/sealing.js';
import { defaultSettings, POLLED_STREAMS, STREAM_INTERVALS_MS } from '../../model/streams.js';
import type { WantedConnection, WantedKeys, WantedSettings } from './documents.js';
import { documentSchema, type DocumentRules, type ParsedConnection, type SharedSettings } from './schema.js';

/** The connections of a document in which nothing is wrong, with its defaults and the product's merged under them. */
export function wantedConnections(document: unknown, index: number, rules: DocumentRules): WantedConnection[] {
  const { defaults = {}, connections } = documentSchema(rules).parse(document);
  return Object.entries(connections).map(([connectionId, connection]) => {
    const { issuedAt, expectedAccount } = connection;
    const keys = keysOf(connectionId, connection);
    return {
      connectionId,
      document: index,
      settings: settingsOf(connection, defaults),
      ...(keys && { keys }),
      ...(issuedAt && { issuedAt }),
      ...(expectedAccount !== undefined && { expectedAccount }),
    };
  });
}

function settingsOf(own: SharedSettings, shared: SharedSettings): WantedSettings {
  const baseUrl = own.baseUrl ?? shared.baseUrl ?? '';
  const { pagination } = defaultSettings(baseUrl);
  const keepRows = own.statistics?.keepRows ?? shared.statistics?.keepRows;
  const streams = POLLED_STREAMS.map((stream) => {
    const [near, far] = [own.streams?.[stream], shared.streams?.[stream]];
    const enabled = near?.enabled ?? far?.enabled ?? true;
    return [stream, { enabled, everyMs: near?.every ?? far?.every ?? STREAM_INTERVALS_MS[stream] }] as const;
  });
  return {
    baseUrl,
    streams: Object.fromEntries(streams) as WantedSettings['streams'],
    endpointPaths: merged(shared.endpointPaths, own.endpointPaths),
    pagination: {
      pageSize: own.pagination?.pageSize ?? shared.pagination?.pageSize ?? pagination.pageSize,
      tokenIn: own.pagination?.tokenIn ?? shared.pagination?.tokenIn ?? pagination.tokenIn,
    },
    thresholds: merged(shared.thresholds, own.thresholds),
    coverage: merged(shared.coverage, own.coverage),
    retention: merged(shared.retention, own.retention),
    ...(keepRows !== undefined && { statistics: { keepRows } }),
  };
}

type Given<Value> = { readonly [Name in keyof Value]?: Value[Name] | undefined };

/** Both, the second over the first, without what is not given. */
function merged<Value extends object>(under: Given<Value> = {}, over: Given<Value> = {}): Partial<Value> {
  const given = [...Object.entries(under), ...Object.entries(over)].filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<Value>;
}

function keysOf(connectionId: string, connection: ParsedConnection): WantedKeys | undefined {
  const { sealed } = connection;
  if (sealed !== undefined) {
    const { digest, fingerprint } = describeSealed(sealed);
    return { sealed, digest, ...(fingerprint !== undefined && { fingerprint }) };
  }
  if (!('credentials' in connection) || connection.credentials === undefined) return undefined;
  const parsed = parseCredentials(connection.credentials);
  const credentials = { ...parsed };
  return { credentials, fingerprint: fingerprintOf(connectionId, credentials), apiVersion: apiVersionOf(parsed) };
}
