import { createActivities, createDispatcher } from '@surecloud/temporal-mimecast/activities';
import type {
  ActivityDependencies,
  AnnotatedConnection,
  AuditBatch,
  AuditProgress,
  BackfillBatch,
  BackfillBatchResult,
  BegunBackfill,
  BegunLog,
  BegunPoll,
  CheckpointDelivery,
  CheckpointKey,
  EndpointRequest,
  FinishedRun,
  Keyring,
  MaintenanceResult,
  MimecastActivities,
  OpenedConnection,
  ProtectionBatch,
  ProtectionProgress,
  ProvedSettings,
  PublicSealingKey,
  KeyringKey,
  RotationProof,
  SettledRotation,
  SignedCheckpoint,
  StagedKeys,
  WholeEndpointName,
} from '@surecloud/temporal-mimecast/activities';
import type { ConnectionStatus, RotationRequest } from '@surecloud/temporal-mimecast/client';
import type { EvidenceStore } from '@surecloud/temporal-mimecast/evidence';

/** Activities without the plugin: for a worker that opens and closes its own pools. */
export function ownActivities(
  store: EvidenceStore,
  keyring: Keyring,
): { readonly activities: MimecastActivities; close(): Promise<void> } {
  const dispatcher = createDispatcher();
  const dependencies: ActivityDependencies = {
    store,
    keyring,
    dispatcher,
    allowLoopback: true,
    taskQueue: 'own',
    stopping: () => false,
  };
  return { activities: createActivities(dependencies), close: () => dispatcher.close() };
}

export const withCheckpoints = (
  dependencies: ActivityDependencies,
  key: CheckpointKey,
  deliver: (checkpoint: SignedCheckpoint) => Promise<void>,
): ActivityDependencies => ({ ...dependencies, checkpoints: { key, deliver } satisfies CheckpointDelivery });

export async function loaded(activities: MimecastActivities, id: string): Promise<ConnectionStatus | null> {
  return await activities['mimecast.loadConnection'](id);
}

export async function rotated(
  activities: MimecastActivities,
  id: string,
  request: RotationRequest,
): Promise<SettledRotation | StagedKeys> {
  const at = new Date().toISOString();
  const staged: StagedKeys = await activities['mimecast.stageKeys'](id, request, at);
  if (!('version' in staged)) return staged;
  const proof: RotationProof = await activities['mimecast.proveRotation'](id, staged.version);
  return await activities['mimecast.settleRotation'](id, staged.version, proof, at);
}

export async function polled(activities: MimecastActivities, connectionId: string, runId: string): Promise<string[]> {
  const begun: BegunPoll = await activities['mimecast.beginPoll'](connectionId, 'policies');
  const { generation } = begun;
  const calls = begun.endpoints.map((endpoint: WholeEndpointName) => {
    const request: EndpointRequest = { connectionId, generation, endpoint, stream: 'policies', runId };
    return activities['mimecast.collectEndpoint'](request);
  });
  return (await Promise.all(calls)).map((answer) => (answer === 'disconnected' ? answer : answer.outcome));
}

/** A proxy of activities in a workflow takes and answers these. */
export interface Batches {
  readonly audit: (batch: AuditBatch) => Promise<AuditProgress>;
  readonly protection: (batch: ProtectionBatch) => Promise<ProtectionProgress>;
  readonly backfill: (batch: BackfillBatch) => Promise<BackfillBatchResult>;
  readonly maintenance: (connectionId: string) => Promise<MaintenanceResult>;
}

export type Answers = AnnotatedConnection | BegunBackfill | BegunLog | FinishedRun | OpenedConnection | ProvedSettings;

export const publicHalf = ({ kty, crv, x, y, kid }: KeyringKey): PublicSealingKey => ({ kty, crv, x, y, kid });
