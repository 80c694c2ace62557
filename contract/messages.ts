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
  /** When the vendor issued the keys (ISO, UTC); when they are accepted, if it is not known. */
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
  /** Also try the keys against the other regions' hosts when they are refused here. */
  readonly findRegion?: boolean;
}

/** Calls every endpoint with the current keys and reports. Changes nothing. */
export const testConnection = defineUpdate<ConnectionTest, [TestRequest]>('testConnection');

/** New keys of a connection that is there. */
export interface RotationRequest extends SealedCredentials {
  /** Where the new keys are used, when that is another place: keys of another version of the API have other hosts. */
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
  /** Why, for whoever finds the schedule paused. */
  readonly note: string;
}

/** Pauses schedules. Polls that are going end by themselves. */
export const pause = defineUpdate<ConnectionStatus, [PauseRequest]>('pause');

/** What the update `resume` takes: streams whose pause is lifted, all when none are named. */
export type ResumeRequest = Partial<PauseRequest>;

/** Lifts the operator's pauses. Where keys were refused they are probed first, and a success lifts that pause too. */
export const resume = defineUpdate<ResumeReport, [ResumeRequest]>('resume');

/** A poll tells that Mimecast refused the keys. Looked at again before anything is paused. */
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

/** What somebody says about a control. It never hides a verdict, and it ends by itself. */
export interface AnnotationRequest {
  /** Made by the sender, so that a message that arrives twice says one thing: letters and digits. */
  readonly annotationId: string;
  readonly controlId: string;
  readonly kind: AnnotationKind;
  /** Who answers for it. */
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
