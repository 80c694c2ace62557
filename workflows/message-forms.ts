import type {
  ConnectRequest,
  PauseRequest,
  PollNowRequest,
  RefusedKeys,
  ResumeRequest,
  RotationRequest,
  SettingsChange,
} from './messages.js';
import { settingsFault } from './settings-form.js';
import { isPolledStream } from './streams.js';

/**
 * Whether messages have the form that they should have. Validators run inside the workflow sandbox, where nothing can
 * be opened or looked up, so they say what is malformed and leave every judgement to the command that follows.
 * Each answers with one sentence for the sender, or with nothing when the form is right. Senders may be written in any
 * language, so nothing about a message is taken for granted.
 */

/** Five base64url parts: header, encrypted key, initialisation vector, ciphertext, tag (RFC 7516, section 7.1). */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** Clocks differ a little between whoever issues keys and the server. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Notes go into schedules and lists, where a line has its place. */
const LONGEST_NOTE = 500;

export function connectRequestFault(request: Partial<ConnectRequest> | undefined): string | undefined {
  if (!request?.settings) return 'A connect request needs settings and sealed credentials.';
  return sealedFault(request) ?? settingsFault(request.settings);
}

export function rotationRequestFault(request: Partial<RotationRequest> | undefined): string | undefined {
  if (!request) return 'A rotation needs sealed credentials.';
  return sealedFault(request) ?? noteFault(request.note);
}

export function settingsChangeFault(change: SettingsChange | undefined): string | undefined {
  if (!change || Object.keys(change).length === 0) return 'There is nothing to change.';
  if ('apiVersion' in change || 'expectedAccount' in change) {
    return 'The API generation and the expected account belong to the keys: rotate, or connect anew.';
  }
  return settingsFault(change, true);
}

export function pauseFault(request: Partial<PauseRequest> | undefined): string | undefined {
  if (!request?.note) return 'A pause needs a note that says why.';
  return noteFault(request.note) ?? streamsFault(request.streams);
}

export function resumeFault(request: ResumeRequest | undefined): string | undefined {
  return noteFault(request?.note) ?? streamsFault(request?.streams);
}

export function pollNowFault(request: PollNowRequest | undefined): string | undefined {
  return streamsFault(request?.streams);
}

/** Whether a signal is one that this connection's polls send. */
export function isRefusedKeys(message: Partial<RefusedKeys> | undefined): message is RefusedKeys {
  return Number.isInteger(message?.version);
}

function sealedFault({
  sealed,
  issuedAt,
}: {
  readonly sealed?: unknown;
  readonly issuedAt?: unknown;
}): string | undefined {
  if (typeof sealed !== 'string' || !COMPACT_JWE.test(sealed)) {
    return 'The sealed credentials are not a compact JWE: seal them with the ring that the workers hold.';
  }
  if (issuedAt === undefined || issuedAt === null) return undefined;
  const issuedMs = typeof issuedAt === 'string' ? Date.parse(issuedAt) : NaN;
  if (Number.isNaN(issuedMs)) return 'issuedAt is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z.';
  if (issuedMs <= Date.now() + CLOCK_TOLERANCE_MS) return undefined;
  return 'issuedAt lies in the future: give the day on which the keys were made.';
}

function noteFault(note: unknown): string | undefined {
  if (note === undefined || note === null) return undefined;
  if (typeof note === 'string' && note.length <= LONGEST_NOTE) return undefined;
  return `The note must be a text of at most ${LONGEST_NOTE} characters.`;
}

function streamsFault(streams: unknown): string | undefined {
  if (streams === undefined || streams === null) return undefined;
  if (!Array.isArray(streams)) return 'streams must be a list.';
  const unknown: unknown = streams.find((stream) => typeof stream !== 'string' || !isPolledStream(stream));
  return unknown === undefined ? undefined : `There is no stream ${JSON.stringify(unknown)}.`;
}
