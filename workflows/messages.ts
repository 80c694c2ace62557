import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ConnectionSettings } from '../evidence/connection.js';
import type { ConnectionReport, ConnectionStatus, StartedPoll } from './reports.js';
import type { PolledStream } from './streams.js';

/** The keys of a connection, sealed for the workers' ring and bound to the connection's id. Never opened outside an activity. */
export interface SealedCredentials {
  /** Compact JWE. */
  readonly sealed: string;
  /** When the vendor issued the keys (ISO, UTC); when they are accepted, if it is not known. */
  readonly issuedAt?: string;
}

export interface ConnectRequest extends SealedCredentials {
  readonly settings: ConnectionSettings;
}

/** Saves a new connection and tests it. Sent together with the start of the connection's workflow. */
export const connect = defineUpdate<ConnectionReport, [ConnectRequest]>('connect');

/** Calls Mimecast with the current keys and reports. Changes nothing. */
export const testConnection = defineUpdate<ConnectionReport>('testConnection');

export interface PollNowRequest {
  /** All enabled streams when there are none. */
  readonly streams?: readonly PolledStream[];
}

/** Starts polls now, or answers with the runs that are already going. */
export const pollNow = defineUpdate<StartedPoll[], [PollNowRequest]>('pollNow');

export interface DisconnectRequest {
  readonly note?: string;
}

/** Deletes the schedules, destroys the keys, keeps the evidence. */
export const disconnect = defineUpdate<ConnectionStatus, [DisconnectRequest]>('disconnect');

/** Everything that the connection knows about itself, from its cache. */
export const status = defineQuery<ConnectionStatus>('status');
