import { expect, test } from 'vitest';
import { rotationVerdict } from '../../../../activities/keys/rotation-verdict.js';
import type { ConnectionRow } from '../../../../model/connection.js';
import type { ConnectionTest } from '../../../../contract/reports.js';
import { defaultSettings } from '../../../../model/settings.js';

const settings = defaultSettings('https://eu-api.mimecast.com');
const row = (accountCode?: string): ConnectionRow => ({
  connectionId: 'acme',
  generation: 1,
  state: 'connected',
  settings,
  pauses: {},
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...(accountCode !== undefined && { accountCode }),
});
const report = (changes: Partial<ConnectionTest>): ConnectionTest => ({
  connectionId: 'acme',
  ok: true,
  authentication: 'accepted',
  apiVersion: '1.0',
  baseUrl: settings.baseUrl,
  endpoints: [],
  ...changes,
});
const OURS = { account: { code: 'CUK1A1' } };

test.each<[string, string | undefined, Partial<ConnectionTest>, 'neither-reads-account' | 'unknown', string, string?]>([
  ['keys of the same account', 'CUK1A1', OURS, 'unknown', 'accepted'],
  ['the first keys that may read the account', undefined, OURS, 'unknown', 'accepted'],
  ['keys of another account', 'CUK1A1', { account: { code: 'CUK9Z9' } }, 'unknown', 'refused', 'CUK9Z9'],
  [
    'refused keys',
    'CUK1A1',
    { ok: false, authentication: 'rejected', action: 'Enter them again.' },
    'unknown',
    'refused',
    'Enter them',
  ],
  ['expired keys', 'CUK1A1', { ok: false, authentication: 'expired' }, 'unknown', 'refused'],
  ['keys of another region', 'CUK1A1', { ok: false, authentication: 'wrong-region' }, 'unknown', 'refused'],
  [
    'a vendor that is not reached',
    'CUK1A1',
    { ok: false, authentication: 'unreachable', action: 'It is away.' },
    'unknown',
    'unjudged',
    'stay pending',
  ],
  [
    'keys that may not read the account, where those in use could',
    'CUK1A1',
    {},
    'unknown',
    'refused',
    'Grant "Account | Dashboard | Read"',
  ],
  ['keys that may not read the account, like those in use', 'CUK1A1', {}, 'neither-reads-account', 'accepted'],
  ['keys that may not read the account, which nobody ever read', undefined, {}, 'unknown', 'accepted'],
])('%s', (_, pinned, said, account, verdict, reason) => {
  const proof = rotationVerdict(row(pinned), report(said), account);
  expect(proof.verdict).toBe(verdict);
  expect(proof.reason ?? '').toContain(reason ?? '');
  expect(proof.reason === undefined).toBe(verdict === 'accepted');
});
