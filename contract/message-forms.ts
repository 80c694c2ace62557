import type {
  AnnotationRequest,
  ConnectRequest,
  PauseRequest,
  PollNowRequest,
  RefusedKeys,
  ResumeRequest,
  RotationRequest,
} from './messages.js';
import type { PostureStatus } from './reports.js';
import { settingsProblem } from '../model/settings-form.js';
import { isPolledStream } from '../model/streams.js';
import type { SettingsChange } from '../model/settings.js';
import { MINUTE_MS } from '../model/time.js';

/**
 * Whether messages have the form that they should have. Validators run inside the workflow sandbox, where nothing can
 * be opened or looked up, so they say what is malformed and leave every judgement to the command that follows.
 * Each answers with one sentence for the sender, or with nothing when the form is right. Senders may be written in any
 * language, so nothing about a message is taken for granted.
 */

/** Five base64url parts: header, encrypted key, initialisation vector, ciphertext, tag (RFC 7516, section 7.1). */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** Clocks differ a little between whoever issues keys and the server. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

/** Notes go into schedules and lists, where a line has its place. */
const LONGEST_NOTE = 500;
const LONGEST_ACTOR = 200;

export function connectRequestProblem(request: Partial<ConnectRequest> | undefined): string | undefined {
  if (!request?.settings) return 'A connect request needs settings and sealed credentials.';
  return sealedProblem(request) ?? settingsProblem(request.settings);
}

export function rotationRequestProblem(request: Partial<RotationRequest> | undefined): string | undefined {
  if (!request) return 'A rotation needs sealed credentials.';
  return sealedProblem(request) ?? baseUrlProblem(request.baseUrl) ?? noteProblem(request.note);
}

export function settingsChangeProblem(change: SettingsChange | undefined): string | undefined {
  const { actor, ...changed } = change ?? {};
  if (Object.keys(changed).length === 0) return 'There is nothing to change.';
  if ('apiVersion' in changed || 'expectedAccount' in changed) {
    return 'The API generation and the expected account belong to the keys: rotate, or connect anew.';
  }
  return actorProblem(actor) ?? settingsProblem(changed, true);
}

export function pauseProblem(request: Partial<PauseRequest> | undefined): string | undefined {
  if (!request?.note) return 'A pause needs a note that says why.';
  return noteProblem(request.note) ?? actorProblem(request.actor) ?? streamsProblem(request.streams);
}

export function resumeProblem(request: ResumeRequest | undefined): string | undefined {
  return noteProblem(request?.note) ?? actorProblem(request?.actor) ?? streamsProblem(request?.streams);
}

export function pollNowProblem(request: PollNowRequest | undefined): string | undefined {
  return streamsProblem(request?.streams);
}

/** Letters, digits and hyphens, as whoever makes an annotation names it. */
const ANNOTATION_ID = /^[a-z0-9-]{4,40}$/;
const ANNOTATION_KINDS = ['not-applicable', 'accepted-risk', 'attestation'];
const SHA256_HEX = /^[0-9a-f]{64}$/;
const LONGEST_OWNER = 200;
const LONGEST_REASON = 2_000;

export function annotationProblem(request: Partial<AnnotationRequest> | undefined): string | undefined {
  if (!request) return 'An annotation needs a control, an owner, a reason and an expiry date.';
  const { annotationId, controlId, kind, owner, reason, expiresAt, file } = request;
  if (!isText(annotationId, 40) || !ANNOTATION_ID.test(annotationId))
    return 'annotationId must be 4 to 40 of a-z, 0-9, -.';
  if (!isText(controlId, 100)) return 'An annotation needs the id of a control.';
  if (kind === undefined || !ANNOTATION_KINDS.includes(kind))
    return `kind must be one of ${ANNOTATION_KINDS.join(', ')}.`;
  if (!isText(owner, LONGEST_OWNER)) return 'An annotation needs an owner: who answers for it.';
  if (!isText(reason, LONGEST_REASON)) return 'An annotation needs a reason.';
  return expiryProblem(expiresAt) ?? fileProblem(kind, file);
}

export function withdrawalProblem(request: { readonly annotationId?: unknown } | undefined): string | undefined {
  return isText(request?.annotationId, 40) ? undefined : 'Name the annotation to withdraw.';
}

function expiryProblem(expiresAt: unknown): string | undefined {
  const expiresMs = typeof expiresAt === 'string' ? Date.parse(expiresAt) : NaN;
  if (Number.isNaN(expiresMs)) return 'An annotation needs an expiry date: ISO 8601, such as 2027-01-31.';
  return expiresMs > Date.now() ? undefined : 'The expiry date of an annotation must lie in the future.';
}

function fileProblem(kind: string, file: AnnotationRequest['file'] | undefined): string | undefined {
  if ((kind === 'attestation') !== (file !== undefined)) return 'An attestation, and nothing else, names a file.';
  if (file === undefined) return undefined;
  return isText(file.name, 255) && SHA256_HEX.test(file.sha256)
    ? undefined
    : 'The file of an attestation needs its name and its SHA-256 in lower-case hex.';
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest;
}

export function isPosture(message: Partial<PostureStatus> | undefined): message is PostureStatus {
  return typeof message?.at === 'string' && message.summary !== undefined && Array.isArray(message.failing);
}

/** Whether a signal is one that this connection's polls send. */
export function isRefusedKeys(message: Partial<RefusedKeys> | undefined): message is RefusedKeys {
  return Number.isInteger(message?.version);
}

function sealedProblem({
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

function baseUrlProblem(baseUrl: unknown): string | undefined {
  if (baseUrl === undefined || baseUrl === null) return undefined;
  return typeof baseUrl === 'string' && URL.canParse(baseUrl) ? undefined : 'baseUrl is not a URL.';
}

function noteProblem(note: unknown): string | undefined {
  if (note === undefined || note === null) return undefined;
  if (typeof note === 'string' && note.length <= LONGEST_NOTE) return undefined;
  return `The note must be a text of at most ${LONGEST_NOTE} characters.`;
}

function actorProblem(actor: unknown): string | undefined {
  if (actor === undefined || actor === null) return undefined;
  if (typeof actor === 'string' && actor !== '' && actor.length <= LONGEST_ACTOR) return undefined;
  return `The actor must be a text of at most ${LONGEST_ACTOR} characters.`;
}

function streamsProblem(streams: unknown): string | undefined {
  if (streams === undefined || streams === null) return undefined;
  if (!Array.isArray(streams)) return 'streams must be a list.';
  const unknown: unknown = streams.find((stream) => typeof stream !== 'string' || !isPolledStream(stream));
  return unknown === undefined ? undefined : `There is no stream ${JSON.stringify(unknown)}.`;
}
