/** A typed client for the connections: what services and command lines use instead of raw workflow messages. */
export type { ApplyOptions, ApplyReport } from './apply/apply.js';
export type { ApplyResult } from './apply/carry-out.js';
export type { FieldChange } from './apply/changes.js';
export type { ApplyDocument, ConnectionFields, SharedFields } from './apply/documents.js';
export { MimecastApplyError } from './apply/faults.js';
export type { ApplyFault } from './apply/faults.js';
export type { ActionName, ApplyPlan, PlannedAction, PlannedConnection } from './apply/plan.js';
export type { AwaitOptions } from './await-polls.js';
export { MimecastConnections } from './connections.js';
export type { MimecastConnectionsOptions } from './connections.js';
export type { GivenKeys, KeysRequest, NewConnectionRequest, RotateRequest } from './requests.js';
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
