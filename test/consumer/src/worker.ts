import { MimecastBundlerPlugin, MimecastPlugin } from '@surecloud/temporal-mimecast';
import type {
  CheckpointOptions,
  Keyring,
  MimecastWorkerOptions,
  PublicSealingKey,
  KeyringKey,
} from '@surecloud/temporal-mimecast';
import * as workers from '@surecloud/temporal-mimecast/worker';
import {
  createKeyring,
  createMimecastWorker,
  optionsFromEnvironment,
  sealingKey,
  upgrade,
  UpgradeError,
  VaultKeyringError,
  WorkerConfigurationError,
} from '@surecloud/temporal-mimecast/worker';
import type {
  AdoptNamespace,
  CheckpointOptions as SameCheckpoints,
  CreateMimecastWorkerOptions,
  Keyring as SameKeyring,
  MimecastBundlerPlugin as SameBundlerPlugin,
  MimecastPlugin as SamePlugin,
  MimecastWorkerOptions as SameOptions,
  PublicSealingKey as SameSealingKey,
  KeyringKey as SameKeyringKey,
  RestartedConnection,
  TemporalNamespace,
  UpgradeOptions,
  UpgradeProgress,
  UpgradeReport,
  UpgradeStep,
} from '@surecloud/temporal-mimecast/worker';
import {
  bundleWorkflowCode,
  type NativeConnection,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { asJson, type Equal } from './types.js';

export interface Place {
  readonly connection: NativeConnection;
  readonly taskQueue: string;
  readonly databaseUrl: string;
}

/** Creates a keyring in the program, as tests do. */
export async function newKeyring(): Promise<{ readonly keyring: Keyring; readonly publicKey: PublicSealingKey }> {
  const keyring = await createKeyring();
  const newest: KeyringKey | undefined = keyring.keys[0];
  if (newest?.kid !== keyring.current) throw new Error('The newest key of a ring seals.');
  return { keyring, publicKey: sealingKey(keyring) };
}

/** The user's own worker, with the plugin and their own workflows file. */
export async function ownWorker({ connection, taskQueue, databaseUrl }: Place, keyring: Keyring): Promise<Worker> {
  const options: MimecastWorkerOptions = { databaseUrl, keyring, taskQueue, allowLoopback: true };
  return await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
    plugins: [new MimecastPlugin(options)],
  });
}

/** Bundles the user's own workflows ahead of time, as the build of an image does. */
export async function bundled(): Promise<WorkflowBundleWithSourceMap> {
  const workflowsPath = fileURLToPath(new URL('./workflows.js', import.meta.url));
  return await bundleWorkflowCode({ workflowsPath, plugins: [new MimecastBundlerPlugin()] });
}

/** A worker that the package makes. */
export async function madeWorker(place: Place, keyring: Keyring): Promise<Worker> {
  const options: CreateMimecastWorkerOptions = { ...place, keyring, allowLoopback: true };
  return await createMimecastWorker(options);
}

/** Upgrades as a deployment job does, and returns a line for its log. */
export async function upgraded(
  databaseUrl: string,
  client: UpgradeOptions['client'],
  adoptNamespace?: AdoptNamespace,
): Promise<string> {
  const steps: UpgradeStep[] = [];
  const onProgress = ({ step }: UpgradeProgress): void => {
    if (step !== 'waiting') steps.push(step);
  };
  try {
    const report: UpgradeReport = await upgrade({
      databaseUrl,
      client,
      onProgress,
      ...(adoptNamespace && { adoptNamespace }),
    });
    const where: TemporalNamespace | undefined = report.namespace;
    const ids = report.restarted.map(({ connectionId }: RestartedConnection) => connectionId);
    return `${where?.name ?? 'nothing to restart'}: ${ids.join(', ')} (${steps.length} steps)`;
  } catch (error) {
    if (error instanceof UpgradeError) return error.nextStep;
    throw error;
  }
}

/** Returns the message of a service that is not configured. */
export function configurationProblem(env: Readonly<Record<string, string>>): string {
  try {
    const checkpoints: CheckpointOptions | undefined = optionsFromEnvironment(env).checkpoints;
    return asJson(checkpoints);
  } catch (error) {
    if (error instanceof WorkerConfigurationError || error instanceof VaultKeyringError) return error.nextStep;
    throw error;
  }
}

export const bothEntriesAgree: [
  Equal<Keyring, SameKeyring>,
  Equal<KeyringKey, SameKeyringKey>,
  Equal<PublicSealingKey, SameSealingKey>,
  Equal<CheckpointOptions, SameCheckpoints>,
  Equal<MimecastWorkerOptions, SameOptions>,
  Equal<MimecastPlugin, SamePlugin>,
  Equal<MimecastBundlerPlugin, SameBundlerPlugin>,
] = [true, true, true, true, true, true, true];

export const isOnePlugin =
  workers.MimecastPlugin === MimecastPlugin && workers.MimecastBundlerPlugin === MimecastBundlerPlugin;
