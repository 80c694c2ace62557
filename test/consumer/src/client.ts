import {
  MimecastApplyError,
  MimecastBaseUrlError,
  MimecastClientError,
  MimecastConnections,
  MimecastCredentialsError,
  parseBaseUrl,
  parseCredentials,
  readSealingKey,
  sealCredentials,
  VaultKeyringError,
} from '@surecloud/temporal-mimecast/client';
import type {
  ActionName,
  Annotation,
  AnnotationKind,
  AnnotationReport,
  AnnotationRequest,
  ApiV1Credentials,
  ApiV2Credentials,
  ApiVersion,
  AppliedAnnotation,
  ApplyDocument,
  ApplyOptions,
  ApplyPlan,
  ApplyProblem,
  ApplyReport,
  ApplyResult,
  AwaitBackfillOptions,
  AwaitOptions,
  BackfillInput,
  BackfillOutcome,
  BackfillProgress,
  BackfillReport,
  BackfillRequest,
  BackfillResult,
  BackfillWindows,
  BaseUrlRules,
  Basis,
  ClientErrorCode,
  ConnectionFields,
  ConnectionSettings,
  ConnectionState,
  ConnectionStatus,
  ConnectionTest,
  ConnectRequest,
  ControlId,
  ControlResult,
  Coverage,
  CredentialField,
  CredentialProblem,
  CredentialReport,
  CredentialState,
  CredentialStatus,
  DisconnectRequest,
  EndpointName,
  EndpointOutcome,
  EndpointReport,
  Evaluation,
  FieldChange,
  FailingConnection,
  KeyOptions,
  Judgement,
  JudgementCode,
  KeyAge,
  KeysRequest,
  ListedConnection,
  Mappings,
  MimecastConnectionsOptions,
  MimecastCredentials,
  NewAnnotation,
  NewConnectionRequest,
  PauseReason,
  PauseRequest,
  PlannedAction,
  PlannedConnection,
  PlanOptions,
  PolledEndpoint,
  PolledStream,
  PollNowRequest,
  PollOutcome,
  PollProgress,
  PollReport,
  PollResult,
  PostureStatus,
  ProtectionLogEndpoint,
  PublicSealingKey,
  RefusalRules,
  RefusedKeys,
  Requester,
  Requirement,
  ResumeReport,
  ResumeRequest,
  Retention,
  RotateRequest,
  RotationOutcome,
  RotationReport,
  RotationRequest,
  SealedCredentials,
  SettingsChange,
  SettingsReport,
  Severity,
  SharedFields,
  StartedBackfill,
  StartedPoll,
  StatusReport,
  StoredEvaluation,
  Stream,
  StreamReport,
  Subject,
  Summary,
  TestRequest,
  Thresholds,
  TimeSpan,
  VendorStatistics,
  Verdict,
  VerdictChange,
} from '@surecloud/temporal-mimecast/client';
import type { EvidenceStore } from '@surecloud/temporal-mimecast/evidence';
import type { Client } from '@temporalio/client';
import { asJson, type Equal } from './types.js';

/** Every method of the client, with the arguments that it takes and the answer that it gives, by the names of their types. */
interface Methods {
  connect(connectionId: string, request: NewConnectionRequest): Promise<ConnectionTest>;
  rotate(connectionId: string, request: RotateRequest): Promise<RotationReport>;
  announceRotation(connectionId: string, request: RotateRequest): Promise<void>;
  updateSettings(connectionId: string, change: SettingsChange): Promise<SettingsReport>;
  pause(connectionId: string, request: PauseRequest): Promise<StatusReport>;
  resume(connectionId: string, request?: ResumeRequest): Promise<ResumeReport>;
  test(connectionId: string, request?: TestRequest): Promise<ConnectionTest>;
  pollNow(connectionId: string, streams?: readonly PolledStream[]): Promise<StartedPoll[]>;
  poll(connectionId: string, streams?: readonly PolledStream[], options?: AwaitOptions): Promise<PollReport[]>;
  startBackfill(connectionId: string, request: BackfillRequest): Promise<StartedBackfill>;
  backfill(connectionId: string, request: BackfillRequest, options?: AwaitBackfillOptions): Promise<BackfillReport>;
  cancelBackfill(connectionId: string): Promise<boolean>;
  status(connectionId: string): Promise<StatusReport>;
  list(): Promise<ListedConnection[]>;
  apply(documents: readonly ApplyDocument[], options?: ApplyOptions): Promise<ApplyReport>;
  posture(connectionId: string, options?: { readonly at?: Date }): Promise<StoredEvaluation>;
  annotate(connectionId: string, annotation: NewAnnotation): Promise<AnnotationReport>;
  withdrawAnnotation(connectionId: string, annotationId: string): Promise<AnnotationReport>;
  disconnect(connectionId: string, note?: string): Promise<StatusReport>;
}

type Signatures<Of> = {
  [Name in keyof Of]: Of[Name] extends (...args: infer Args) => infer Answer ? [Args, Answer] : never;
};
export const everyMethodIsNamed: Equal<Signatures<MimecastConnections>, Signatures<Methods>> = true;

export async function connectionsFor(
  place: { readonly client: Client; readonly taskQueue: string },
  evidence: EvidenceStore,
  sealingKeyFile: string,
): Promise<MimecastConnections> {
  const sealingKey: PublicSealingKey = await readSealingKey(sealingKeyFile);
  const options: MimecastConnectionsOptions = { ...place, evidence, sealingKey, actor: 'a user', allowLoopback: true };
  return new MimecastConnections(options);
}

/** A service that seals keys itself, and announces them to Temporal without this client. */
export async function sealedFor(key: PublicSealingKey, connectionId: string, typed: unknown): Promise<RotationRequest> {
  const credentials: MimecastCredentials = parseCredentials(typed);
  const sealed: SealedCredentials = { sealed: await sealCredentials(key, connectionId, { ...credentials }) };
  return { ...sealed, note: 'rotated by the service' };
}

export function originOf(typed: string, rules: BaseUrlRules = { allowLoopback: false }): string | undefined {
  try {
    return parseBaseUrl(typed, rules);
  } catch (error) {
    if (error instanceof MimecastBaseUrlError) return undefined;
    throw error;
  }
}

/** Returns the problem in words, for every error that the client throws. */
export function inWords(error: unknown): string {
  if (error instanceof MimecastClientError) {
    const code: ClientErrorCode = error.code;
    return `${code}: ${error.message} ${error.nextStep}`;
  }
  if (error instanceof MimecastCredentialsError) {
    const problems: readonly CredentialProblem[] = error.problems;
    const fields: CredentialField[] = problems.map(({ field }) => field);
    return `${fields.join(', ')}: ${error.nextStep}`;
  }
  if (error instanceof MimecastApplyError) {
    const problems: readonly ApplyProblem[] = error.faults;
    return problems.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n');
  }
  if (error instanceof MimecastBaseUrlError || error instanceof VaultKeyringError) return error.nextStep;
  return asJson(error);
}

export const document: ApplyDocument = {
  defaults: { baseUrl: 'https://eu-api.mimecast.com', thresholds: { retentionDays: 365 } } satisfies SharedFields,
  connections: {
    acme: {
      credentials: {},
      streams: { policies: { every: '12h' } },
      statistics: { keepRows: false },
      pagination: { pageSize: 100 },
    } satisfies ConnectionFields,
  },
};

export function planLines(plan: ApplyPlan): string[] {
  return plan.connections.flatMap((connection: PlannedConnection) =>
    connection.actions.map((action: PlannedAction) => `${connection.connectionId}: ${lineOf(action)}`),
  );
}

function lineOf(action: PlannedAction): string {
  const name: ActionName = action.action;
  if (action.action !== 'edit') return name;
  return action.changes.map(({ field }: FieldChange) => field).join(', ');
}

/** Dry runs never reach a connection. */
export const dryRun: ApplyOptions = {
  ...({ prune: true } satisfies PlanOptions),
  dryRun: true,
  onResult: ({ ok, report }: ApplyResult) => asJson([ok, report]),
};

/** Returns the summary of a connection for a console. */
export function summaryOf(status: StatusReport, evaluation: StoredEvaluation): string {
  const credentials: CredentialReport | undefined = status.credentials;
  const age: KeyAge | undefined = credentials?.age;
  const paused: readonly PauseReason[] = status.pausedFor ?? [];
  const posture: PostureStatus | undefined = status.posture;
  const streams = status.streams.map(({ stream, lastOutcome }: StreamReport) => `${stream}: ${lastOutcome ?? 'none'}`);
  const failing = evaluation.controls
    .filter(({ verdict }: ControlResult) => verdict === ('fail' satisfies Verdict))
    .map(({ id, reason }) => `${id satisfies ControlId}: ${reason}`);
  return [age, ...paused, posture?.worst, ...streams, ...failing].join('\n');
}

/** Commands that get connections going again that do not work. */
export function fixesFor(listed: readonly ListedConnection[]): string[] {
  return listed.flatMap(({ failing }: { readonly failing?: FailingConnection }) => failing?.fix ?? []);
}

export const options = {
  poll: { onProgress: ({ stream, text }: PollProgress) => asJson([stream, text]) } satisfies AwaitOptions,
  backfill: {
    onProgress: ({ windows }: BackfillProgress) => asJson(windows satisfies BackfillWindows),
  } satisfies AwaitBackfillOptions,
};

/** The rest of what can be named, used as a service would that keeps answers and passes them on. */
export interface Kept {
  readonly annotations: readonly (Annotation | AppliedAnnotation | AnnotationRequest | AnnotationKind)[];
  readonly backfills: readonly (BackfillInput | BackfillOutcome | BackfillResult | TimeSpan)[];
  readonly endpoints: readonly (EndpointName | EndpointOutcome | EndpointReport | PolledEndpoint)[];
  readonly evaluations: readonly (Basis | Evaluation | Judgement | JudgementCode | Mappings | Requirement)[];
  readonly judged: readonly (Severity | Subject | Summary | VerdictChange)[];
  readonly keys: readonly (ApiV1Credentials | ApiV2Credentials | KeyOptions | KeysRequest)[];
  readonly keyStates: readonly (CredentialState | CredentialStatus | RotationOutcome)[];
  readonly logs: readonly (ProtectionLogEndpoint | VendorStatistics)[];
  readonly messages: readonly (ConnectRequest | DisconnectRequest | PollNowRequest | RefusedKeys | Requester)[];
  readonly polls: readonly (PollOutcome | PollResult)[];
  readonly settings: readonly (Coverage | RefusalRules | Retention | Thresholds)[];
  readonly states: readonly (ApiVersion | ConnectionSettings | ConnectionState | ConnectionStatus | Stream)[];
}
