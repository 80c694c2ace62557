import {
  createEvidenceStore,
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceUnreachableError,
  EvidenceUpgradeError,
  EvidenceValueError,
  migrate,
  pendingMigrations,
} from '@surecloud/temporal-mimecast/evidence';
import type {
  AcceptedProof,
  Annotation,
  AnnotationKind,
  Annotations,
  ApiVersion,
  AppliedAnnotation,
  AuditPage,
  BackfilledWindows,
  CallPermit,
  Basis,
  BundleHeader,
  BundleRecord,
  Checkpointed,
  Clock,
  Checkpoints,
  CheckpointState,
  CitedObservation,
  Completeness,
  CompletenessReader,
  ConnectionRow,
  Connections,
  ConnectionSettings,
  ConnectionState,
  ControlId,
  ControlResult,
  CountedRow,
  Coverage,
  CredentialState,
  CredentialVersion,
  DailyStatistics,
  Difference,
  Drift,
  DriftCandidate,
  DriftRange,
  DriftSide,
  EndpointFact,
  EndpointName,
  EndpointOutcome,
  Erasable,
  Erased,
  Erasure,
  ErasureReport,
  ErasureRequest,
  ErasureRule,
  Evaluation,
  EvaluationHeadline,
  Evaluations,
  Events,
  EvidenceLog,
  EvidenceStore,
  EvidenceStoreOptions,
  ExportedEvent,
  ExportedObservation,
  ExportOptions,
  ExportRecord,
  Facts,
  FieldChange,
  FinishedPoll,
  Gap,
  HeldRanges,
  JsonObject,
  Judgement,
  JudgementCode,
  KeysFact,
  LateEvents,
  Ledger,
  LedgerPosition,
  LedgerStream,
  LogEntry,
  LoadedConnection,
  LogFact,
  LogHead,
  LogKind,
  LogPosition,
  LogRange,
  LogRecord,
  Mappings,
  MarkedConnection,
  MissingCause,
  MissingRange,
  MomentRange,
  NewAnnotation,
  NewConnection,
  NewKeys,
  NewObservation,
  NewWindow,
  Observations,
  PollOutcome,
  Polls,
  PreparedEvents,
  Proof,
  ProofEntry,
  ProofEvidence,
  ProofRecord,
  Protection,
  ProtectionLogEndpoint,
  ProtectionLogState,
  Provenance,
  ReadableFact,
  RefusalRules,
  Refused,
  RefusedCalls,
  Requirement,
  Retention,
  RotationOutcome,
  Severity,
  Statistics,
  StatisticsFact,
  StatisticsPage,
  StoredEvaluation,
  StoredObservation,
  StoredPage,
  Stream,
  StreamFact,
  StreamPause,
  Subject,
  Summary,
  TemporalNamespace,
  TakenWindow,
  TakenWindowRow,
  Thresholds,
  TimeRange,
  TotalMismatch,
  UnreadableRow,
  VendorStatistics,
  Verdict,
  VerdictChange,
  Verification,
  WindowCounts,
  WindowKind,
  WindowRow,
  WorkflowVersions,
} from '@surecloud/temporal-mimecast/evidence';
import { asJson, type Equal } from './types.js';

/** Every part of the store, by the name of its interface. */
interface Parts {
  readonly annotations: Annotations;
  readonly checkpoints: Checkpoints;
  readonly completeness: CompletenessReader;
  readonly connections: Connections;
  readonly erasure: Erasure;
  readonly evaluations: Evaluations;
  readonly events: Events;
  readonly ledger: Ledger;
  readonly log: EvidenceLog;
  readonly observations: Observations;
  readonly polls: Polls;
  readonly proof: Proof;
  readonly refusedCalls: RefusedCalls;
  readonly statistics: Statistics;
  readonly workflowVersions: WorkflowVersions;
}
type Methods = 'adoptNamespace' | 'claimNamespace' | 'clock' | 'close' | 'drift' | 'export' | 'namespace' | 'where';
export const everyPartIsNamed: Equal<Parts[keyof Parts], EvidenceStore[Exclude<keyof EvidenceStore, Methods>]> = true;

/** A store whose schema is there. */
export async function migratedStore(databaseUrl: string): Promise<EvidenceStore> {
  const { applied } = await migrate(databaseUrl);
  const pending = await pendingMigrations(databaseUrl);
  if (applied.length === 0 || pending.length > 0) throw new Error(`Still pending: ${pending.join(', ')}`);
  return createEvidenceStore({ databaseUrl, maxConnections: 4 } satisfies EvidenceStoreOptions);
}

/** Counts the evidence of one connection, as a user's own report would. */
export async function counted(store: EvidenceStore, connectionId: string, now: Date): Promise<Counted> {
  const counts = { events: 0, observations: 0 };
  for await (const record of store.export(connectionId, { what: ['events', 'observations'] } satisfies ExportOptions)) {
    count(record, counts);
  }
  const changes: FieldChange[] = [];
  for await (const drift of store.drift(connectionId, { endpoint: 'account' } satisfies DriftRange)) {
    changes.push(...changedFields(drift));
  }
  const verification: Verification = await store.proof.verify(connectionId);
  const completeness: Completeness | undefined = await store.completeness.of(connectionId, 'audit-events', now);
  const head: LogHead | undefined = await store.log.head(connectionId);
  const entries: LogEntry[] = [];
  const range: LogRange = { kinds: ['page', 'poll'] satisfies LogKind[], from: new Date(0), to: now };
  for await (const entry of store.log.entries(connectionId, range)) entries.push(entry);
  const gaps: readonly MissingRange[] = completeness?.gaps ?? [];
  const causes = gaps.map(({ cause }): MissingCause => cause);
  return { ...counts, changes, verified: verification.ok, causes, head, entries: entries.length };
}

export interface Counted {
  readonly events: number;
  readonly observations: number;
  readonly changes: readonly FieldChange[];
  readonly verified: boolean;
  readonly causes: readonly MissingCause[];
  readonly head: LogHead | undefined;
  readonly entries: number;
}

function count(record: ExportRecord, counts: { events: number; observations: number }): void {
  if (record.type === 'event') counts.events += sizeOf(record) > 0 ? 1 : 0;
  else counts.observations += sizeOf(record) >= 0 ? 1 : 0;
}

const sizeOf = ({ body = '' }: ExportedEvent | ExportedObservation): number => body.length;

function changedFields({ differences, before, after, candidates }: Drift): FieldChange[] {
  const sides: readonly DriftSide[] = [before, after];
  const names = candidates.map(({ names }: DriftCandidate) => names);
  if (sides.length !== 2 || names.includes('')) return [];
  return differences.flatMap((difference: Difference) => (difference.kind === 'changed' ? difference.fields : []));
}

/** Returns the message of a service when the database cannot be used or the request is invalid. */
export function inWords(error: unknown): string {
  if (error instanceof EvidenceUnreachableError) return error.nextStep;
  if (error instanceof EvidenceSchemaError || error instanceof EvidenceNamespaceError) return error.nextStep;
  if (error instanceof EvidenceUpgradeError) return error.nextStep;
  if (error instanceof EvidenceNotFoundError || error instanceof EvidenceStateError) return error.message;
  if (error instanceof EvidenceValueError) return `${error.code}: ${error.nextStep}`;
  return error instanceof EvidenceAccountError ? error.message : asJson(error);
}

/** The bundle of a connection's log, as lines. */
export async function* bundleLines(proof: Proof, connectionId: string): AsyncGenerator<string> {
  for await (const record of proof.bundle(connectionId)) yield asJson(record satisfies BundleRecord);
}

/** Returns the connections that an upgrade would restart, and the namespace to run it in. */
export async function beforeUpgrade(store: EvidenceStore, version: number): Promise<string> {
  const namespace: TemporalNamespace | undefined = await store.namespace();
  const older: readonly MarkedConnection[] = await store.workflowVersions.others(version);
  return `${namespace?.name ?? 'no namespace'}: ${older.map(({ connectionId }) => connectionId).join(', ')}`;
}

export const erasureOf = (subject: string): ErasureRequest => ({
  rule: { subject } satisfies ErasureRule,
  what: ['events'] satisfies Erasable[],
  reason: 'a request of the person',
});

/** The rest of what can be named: what parts of the store take and answer. */
export interface Vocabulary {
  readonly annotations: Annotation | AnnotationKind | AppliedAnnotation | NewAnnotation;
  readonly calls: CallPermit | RefusedCalls;
  readonly checkpoints: Checkpointed | CheckpointState | LogPosition;
  readonly clocks: Clock | LoadedConnection;
  readonly connections:
    ConnectionRow | ConnectionSettings | ConnectionState | NewConnection | StreamPause | UnreadableRow;
  readonly controls: Basis | ControlId | ControlResult | Judgement | JudgementCode | Mappings | Requirement;
  readonly erasure: Erased | ErasureReport;
  readonly evaluations: Evaluation | EvaluationHeadline | StoredEvaluation | Summary | Verdict | VerdictChange;
  readonly facts: EndpointFact | Facts | KeysFact | LogFact | ReadableFact | StatisticsFact | StreamFact;
  readonly keys: AcceptedProof | ApiVersion | CredentialState | CredentialVersion | NewKeys | RotationOutcome;
  readonly ledger: BackfilledWindows | Gap | HeldRanges | LedgerPosition | LedgerStream | Refused | WindowCounts;
  readonly logs: JsonObject | LateEvents | LogRecord | MomentRange | TimeRange | TotalMismatch;
  readonly observations: CitedObservation | NewObservation | Provenance | StoredObservation;
  readonly pages: AuditPage | PreparedEvents | StatisticsPage | StoredPage;
  readonly polls: FinishedPoll | PollOutcome | Polls;
  readonly proof: BundleHeader | ProofEntry | ProofEvidence | ProofRecord;
  readonly settings: Coverage | RefusalRules | Retention | Thresholds;
  readonly statistics: CountedRow | DailyStatistics | Protection | ProtectionLogState;
  readonly subjects: Severity | Subject;
  readonly vendor: EndpointName | EndpointOutcome | ProtectionLogEndpoint | Stream | VendorStatistics;
  readonly windows: NewWindow | TakenWindow | TakenWindowRow | WindowKind | WindowRow;
}
