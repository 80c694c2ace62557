import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ConnectionSettings } from '../model/connection.js';
import type { AnnotationKind } from '../model/verdicts.js';
import type {
  AnnotationReport,
  ConnectionTest,
  ConnectionStatus,
  PostureStatus,
  ResumeReport,
  RotationReport,
  SettingsReport,
  StartedPoll,
} from './reports.js';
import type { PolledStream } from '../model/streams.js';
import type { SettingsChange, Requester } from '../model/settings.js';

/** The keys of a connection, sealed for the workers' ring and bound to the connection's id. Never opened outside an activity. */
export interface SealedCredentials {
  /** Compact JWE. */
  readonly sealed: string;
  /** When Mimecast issued the keys (ISO, UTC). Default: when they are accepted. */
  readonly issuedAt?: string;
}

/** What the update `connect` takes. */
export interface ConnectRequest extends SealedCredentials {
  readonly settings: ConnectionSettings;
}

/** Saves a new connection and tests it. Sent together with the start of the connection's workflow. */
export const connect = defineUpdate<ConnectionTest, [ConnectRequest]>('connect');

/** What the update `testConnection` takes. */
export interface TestRequest {
  /** When the keys are refused, also tries them at the hosts of the other regions. */
  readonly findRegion?: boolean;
}

/** Calls every endpoint with the current keys and reports. Changes nothing. */
export const testConnection = defineUpdate<ConnectionTest, [TestRequest]>('testConnection');

/** New keys for an existing connection. */
export interface RotationRequest extends SealedCredentials {
  /** Base URL for the new keys, when it differs: keys of API 1.0 and 2.0 have different hosts. */
  readonly baseUrl?: string;
  /** Kept with the outcome: who rotated, or why. Never a secret. */
  readonly note?: string;
}

/** For services that only announce new keys: the outcome shows in `status` and in the Temporal UI. */
export const credentialsRotated = defineSignal<[RotationRequest]>('credentialsRotated');

/** Stages new keys, proves them, and takes them into use. Refused keys change nothing. */
export const rotateCredentials = defineUpdate<RotationReport, [RotationRequest]>('rotateCredentials');
/** Changes settings. What touches how Mimecast is reached is proved first, and not taken when it does not work. */
export const updateSettings = defineUpdate<SettingsReport, [SettingsChange]>('updateSettings');

/** What the update `pause` takes. */
export interface PauseRequest extends Requester {
  /** All enabled streams when there are none. */
  readonly streams?: readonly PolledStream[];
  /** Why: shown with the paused schedule. */
  readonly note: string;
}

/** Pauses schedules. Polls that are going end by themselves. */
export const pause = defineUpdate<ConnectionStatus, [PauseRequest]>('pause');

/** What the update `resume` takes: streams whose pause is lifted, all when none are named. */
export type ResumeRequest = Partial<PauseRequest>;

/** Lifts the operator's pauses. Where keys were refused they are probed first, and a success lifts that pause too. */
export const resume = defineUpdate<ResumeReport, [ResumeRequest]>('resume');

/** Sent by a poll whose keys Mimecast refused. The connection checks the keys again before it pauses anything. */
export interface RefusedKeys {
  /** The credential version that was refused. */
  readonly version: number;
  readonly stream: PolledStream;
  readonly runId: string;
}

export const keysRefused = defineSignal<[RefusedKeys]>('keysRefused');

/** What the update `pollNow` takes. */
export interface PollNowRequest {
  /** All enabled streams when there are none. */
  readonly streams?: readonly PolledStream[];
}

/** Starts polls now, or answers with the runs that are already going. */
export const pollNow = defineUpdate<StartedPoll[], [PollNowRequest]>('pollNow');

/** An annotation of one control. It never hides a verdict, and it expires. */
export interface AnnotationRequest {
  /** Chosen by the sender, so that a message that arrives twice has one effect: 4 to 40 of `a-z`, `0-9`, `-`. */
  readonly annotationId: string;
  readonly controlId: string;
  readonly kind: AnnotationKind;
  /** Who is responsible for it. */
  readonly owner: string;
  readonly reason: string;
  /** ISO, UTC. In the future. */
  readonly expiresAt: string;
  /** Of an attestation: lower-case hex SHA-256 of the file, and its name. */
  readonly file?: { readonly sha256: string; readonly name: string };
}

export const annotate = defineUpdate<AnnotationReport, [AnnotationRequest]>('annotate');

/** Ends an annotation before it expires. */
export const withdrawAnnotation = defineUpdate<AnnotationReport, [{ readonly annotationId: string }]>(
  'withdrawAnnotation',
);

/** A poll tells that its answers turned a verdict, or that one will turn sooner than was known. */
export const postureTurned = defineSignal<[PostureStatus]>('postureTurned');

/** What the update `disconnect` takes. */
export interface DisconnectRequest {
  readonly note?: string;
}

/** Deletes the schedules, destroys the keys, keeps the evidence. */
export const disconnect = defineUpdate<ConnectionStatus, [DisconnectRequest]>('disconnect');

/** Everything that the connection knows about itself, from its cache. */
export const status = defineQuery<ConnectionStatus>('status');
