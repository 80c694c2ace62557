import { describe, expect, test } from 'vitest';
import { VaultExposedKeyError } from '../../../vault/errors.js';
import { requirePrivate, requireUnchanged, type KeyFile } from '../../../vault/key-file.js';

const WORKER = { uid: 1_000, gids: [1_000, 2_000] };
const file = (uid: number, gid: number, mode: number): KeyFile['stats'] => ({ uid, gid, mode: 0o100_000 | mode });

describe('a private key is used', () => {
  test.each<[string, KeyFile['stats']]>([
    ['when only its owner can read it', file(1_000, 1_000, 0o600)],
    ['when its group is one of the worker, as a Kubernetes secret with fsGroup', file(0, 2_000, 0o440)],
    ['when its group is that of the worker', file(1_000, 1_000, 0o640)],
    ['when root gave it to the worker', file(1_000, 0, 0o400)],
  ])('%s', (_, stats) => {
    expect(() => {
      requirePrivate('/etc/ring.json', stats, WORKER);
    }).not.toThrow();
  });
});

describe('a private key is refused, with the command that closes it', () => {
  test.each<[string, KeyFile['stats'], string]>([
    [
      'when every account can read it',
      file(1_000, 1_000, 0o644),
      'Other accounts can read /etc/ring.json (mode 0644). Run: chmod 600 /etc/ring.json',
    ],
    [
      'when a secret is mounted with the usual mode of Kubernetes',
      file(0, 2_000, 0o644),
      'Other accounts can read /etc/ring.json (mode 0644). Run: chgrp 2000 /etc/ring.json && chmod 640 /etc/ring.json',
    ],
    [
      'when a group can read it that is not of the worker',
      file(1_000, 33, 0o640),
      'Other accounts can read /etc/ring.json (mode 0640). Run: chmod 600 /etc/ring.json',
    ],
    [
      'when it is read as every account can',
      file(0, 0, 0o444),
      'Other accounts can read /etc/ring.json (mode 0444). Run: chgrp 1000 /etc/ring.json && chmod 640 /etc/ring.json',
    ],
    [
      'when the group of the worker can change it',
      file(1_000, 1_000, 0o660),
      'Other accounts can change /etc/ring.json (mode 0660). Run: chmod 600 /etc/ring.json',
    ],
    [
      'when every account can change it, and not read it',
      file(1_000, 1_000, 0o602),
      'Other accounts can change /etc/ring.json (mode 0602). Run: chmod 600 /etc/ring.json',
    ],
  ])('%s', (_, stats, message) => {
    const check = (): void => {
      requirePrivate('/etc/ring.json', stats, WORKER);
    };
    expect(check).toThrow(VaultExposedKeyError);
    expect(check).toThrow(message);
  });
});

describe('a public key', () => {
  const check = (stats: KeyFile['stats']) => (): void => {
    requireUnchanged('/etc/public key.json', stats, WORKER);
  };

  test.each<[string, KeyFile['stats']]>([
    ['every account can read it', file(1_000, 1_000, 0o644)],
    ["it is root's", file(0, 0, 0o444)],
    ['a group of this account can change it', file(1_000, 1_000, 0o664)],
  ])('is used when %s', (_, stats) => {
    expect(check(stats)).not.toThrow();
  });

  test.each<[string, KeyFile['stats']]>([
    ['every account', file(1_000, 1_000, 0o666)],
    ['another group', file(1_000, 33, 0o664)],
  ])('is refused when %s can change it', (_, stats) => {
    expect(check(stats)).toThrow(VaultExposedKeyError);
    expect(check(stats)).toThrow(/^Other accounts can change .* chmod 644 '\/etc\/public key.json'$/);
  });
});
