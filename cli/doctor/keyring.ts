import pMap, { pMapSkip } from 'p-map';
import { openSealed } from '../../activities/keys/open-sealed.js';
import type { InspectedKeys } from '../../evidence/inspection.js';
import { readKeyring } from '../../vault/keyring.js';
import type { Keyring } from '../../vault/keys.js';
import { readSealingKey } from '../../vault/sealing.js';
import { findingsOn, type Finding } from './finding.js';
import { look, nextStepOf, seenOf, type Looked, type Trouble } from './look.js';

/** Content of the keyring file. */
export type SeenKeyring =
  | { readonly kind: 'none' }
  /** The public key: correct on machines that only connect. */
  | { readonly kind: 'public-key'; readonly file: string }
  | { readonly kind: 'file'; readonly file: string; readonly keyring: Looked<Keyring> };

export async function lookAtKeyring(file: string | undefined): Promise<SeenKeyring> {
  if (file === undefined) return { kind: 'none' };
  const keyring = await look(() => readKeyring(file));
  if (!('trouble' in keyring) || isExposed(keyring.trouble)) return { kind: 'file', file, keyring };
  const publicKey = await look(() => readSealingKey(file));
  if (!('trouble' in publicKey)) return { kind: 'public-key', file };
  return { kind: 'file', file, keyring: isExposed(publicKey.trouble) ? publicKey : keyring };
}

/** True for a keyring that other accounts can read or change, and for a public key that they can change. */
const isExposed = ({ code }: Trouble): boolean => code === 'exposed-key';

const keyringFindings = findingsOn('ring');
const RUN_ON_WORKER = 'Run the doctor where a worker runs, with its environment.';

export function judgeKeyring(seen: SeenKeyring): Finding[] {
  if (seen.kind === 'none')
    return [keyringFindings.skipped('file', 'MIMECAST_KEYRING_FILE is not set here', RUN_ON_WORKER)];
  if (seen.kind === 'public-key') {
    return [
      keyringFindings.skipped('file', `${seen.file} holds the public key alone, which opens nothing`, RUN_ON_WORKER),
    ];
  }
  const { file, keyring: looked } = seen;
  if ('trouble' in looked) {
    const { trouble } = looked;
    const check = isExposed(trouble) ? 'mode' : 'file';
    return [
      keyringFindings.failure(check, trouble.message, nextStepOf(trouble, 'Set MIMECAST_KEYRING_FILE to the ring.')),
    ];
  }
  const { current, keys } = looked.seen;
  const holds = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}, of which ${current} seals`;
  return [keyringFindings.ok('file', `${file}: ${holds}`), keyringFindings.ok('mode', 'no other account can read it')];
}

/** Keys that the keyring cannot open. */
export interface UnopenedKeys {
  readonly keys: Pick<InspectedKeys, 'connectionId' | 'version' | 'state' | 'kid'>;
  /** Absent when the keyring lacks the key that they are sealed for. */
  readonly reason?: string;
}

const OPENINGS = { concurrency: 8 };

/** Opens each version, as a worker would for a call, and discards the result. */
async function tryKeyring(keyring: Keyring, versions: readonly InspectedKeys[]): Promise<readonly UnopenedKeys[]> {
  const kids = new Set(keyring.keys.map(({ kid }) => kid));
  const tryVersion = async (keys: InspectedKeys) => {
    if (!kids.has(keys.kid)) return { keys };
    const opened = await openSealed({ keyring }, keys.connectionId, keys.sealed);
    return 'reason' in opened ? { keys, reason: opened.reason } : pMapSkip;
  };
  return await pMap(versions, tryVersion, OPENINGS);
}

/** @param looked keys of the connections, when Postgres is reachable */
export async function examineKeys(
  seen: SeenKeyring,
  looked: Looked<{ readonly keys: readonly InspectedKeys[] }>,
): Promise<Finding[]> {
  const keyring = seen.kind === 'file' ? seenOf(seen.keyring) : undefined;
  if (seen.kind !== 'file' || !keyring)
    return [keyringFindings.skipped('keys', 'there is no ring to open saved keys with')];
  if ('trouble' in looked) return [keyringFindings.skipped('keys', 'the saved keys could not be read')];
  const { keys } = looked.seen;
  return judgeOpening(keys.length, await tryKeyring(keyring, keys), seen.file);
}

export function judgeOpening(tried: number, unopened: readonly UnopenedKeys[], file: string): Finding[] {
  if (unopened.length === 0) {
    const what = tried === 1 ? 'the one version' : `all ${tried} versions`;
    return [
      keyringFindings.ok('keys', tried === 0 ? 'there are no saved keys to open' : `opens ${what} of saved keys`),
    ];
  }
  return unopened.map(({ keys: { connectionId, version, state, kid }, reason }) => {
    const which = `keys v${version} (${state}), sealed for kid ${kid}`;
    const rotate = `temporal-mimecast rotate ${connectionId}`;
    const about = findingsOn('ring', connectionId);
    return reason === undefined
      ? about.failure('keys', `${which}: not in this ring`, `Add key ${kid} to ${file}, or: ${rotate}`)
      : about.failure('keys', `${which}: ${reason}`, rotate);
  });
}
