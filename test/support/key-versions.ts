import type { Connections } from '../../evidence/connections/connections.js';
import type { RotationOutcome } from '../../model/connection.js';
import type { TestDatabase } from './database.js';
import { logOf, NOON, SETTINGS } from './evidence.js';
import { test as base } from './test.js';

/** Set-up that tests of versions of keys share: one connection, `acme`, and keys with a number each. */

export const test = base.extend('connections', ({ store }) => store.connections);

export const LATER = new Date('2026-03-02T12:00:00Z');
export const proof = { accountCode: 'CUK1A1', accountName: 'Example Ltd', acceptedAt: NOON };
export const keys = (number: number) => ({
  sealed: `sealed-${number}`,
  kid: 'ring-1',
  fingerprint: `fingerprint-${number}`,
});
export const refusal: RotationOutcome = {
  at: LATER.toISOString(),
  accepted: false,
  version: 2,
  reason: 'Mimecast: 401',
};

export const savedOnly = async (connections: Connections): Promise<void> => {
  await connections.open({ connectionId: 'acme', settings: SETTINGS, ...keys(1) });
};
export const connected = async (connections: Connections): Promise<void> => {
  await savedOnly(connections);
  await connections.promote('acme', 1, proof);
};

/** States of all versions, the oldest first. */
export const states = async (database: TestDatabase): Promise<string[]> => {
  const rows = await database.query<{ state: string }>('select state from mimecast.credentials order by version');
  return rows.map(({ state }) => state);
};
export const kindsSince = async (database: TestDatabase, length: number): Promise<string[]> =>
  (await logOf(database)).slice(length).map(({ kind }) => kind);
