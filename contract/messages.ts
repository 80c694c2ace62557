import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SettingsChange } from '../model/settings.js';
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
import type { ConnectRequest, DisconnectRequest, RotationRequest, TestRequest } from './requests/keys.js';
import type { PauseRequest, PollNowRequest, RefusedKeys, ResumeRequest } from './requests/polls.js';
import type { AnnotationRequest } from './requests/verdicts.js';

export type * from './requests/keys.js';
export type * from './requests/polls.js';
export type { AnnotationRequest } from './requests/verdicts.js';

/** The messages of a connection's workflow. The files in `requests/` define what each may contain. */

/** Saves a new connection and tests it. Sent together with the start of the connection's workflow. */
export const connect = defineUpdate<ConnectionTest, [ConnectRequest]>('connect');

/** Calls every endpoint with the current keys and reports. Changes nothing. */
export const testConnection = defineUpdate<ConnectionTest, [TestRequest]>('testConnection');

/** For services that only announce new keys: the outcome shows in `status` and in the Temporal UI. */
export const credentialsRotated = defineSignal<[RotationRequest]>('credentialsRotated');

/** Stages new keys, tests them, and takes them into use. Rejected keys change nothing. */
export const rotateCredentials = defineUpdate<RotationReport, [RotationRequest]>('rotateCredentials');

/** Changes settings. A change of how Mimecast is reached is tested first, and not made when it does not work. */
export const updateSettings = defineUpdate<SettingsReport, [SettingsChange]>('updateSettings');

/** Pauses schedules. Running polls end by themselves. */
export const pause = defineUpdate<ConnectionStatus, [PauseRequest]>('pause');

/** Lifts the operator's pauses. Rejected keys are tested first, and a success lifts that pause too. */
export const resume = defineUpdate<ResumeReport, [ResumeRequest]>('resume');

/** A poll reports that Mimecast rejected the keys. */
export const keysRefused = defineSignal<[RefusedKeys]>('keysRefused');

/** Starts polls now, or answers with the runs that are already under way. */
export const pollNow = defineUpdate<StartedPoll[], [PollNowRequest]>('pollNow');

export const annotate = defineUpdate<AnnotationReport, [AnnotationRequest]>('annotate');

/** Ends an annotation before it expires. */
export const withdrawAnnotation = defineUpdate<AnnotationReport, [{ readonly annotationId: string }]>(
  'withdrawAnnotation',
);

/** A poll reports that a verdict has changed, or that one will change earlier than was known. */
export const postureTurned = defineSignal<[PostureStatus]>('postureTurned');

/** Deletes the schedules, destroys the keys, keeps the evidence. */
export const disconnect = defineUpdate<ConnectionStatus, [DisconnectRequest]>('disconnect');

/** Everything that the connection knows about itself, from its cache. */
export const status = defineQuery<ConnectionStatus>('status');
