/** A typed client for the connections: what services and command lines use instead of raw workflow messages. */
export type { AwaitOptions } from './await-polls.js';
export { MimecastConnections } from './connections.js';
export type { MimecastConnectionsOptions, NewConnectionRequest } from './connections.js';
export { MimecastClientError } from './errors.js';
export type { ClientErrorCode } from './errors.js';
export type {
  CredentialReport,
  ListedConnection,
  PollProgress,
  PollReport,
  StatusReport,
  StreamReport,
} from './reports.js';
