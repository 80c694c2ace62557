/** Workers that collect evidence: a plugin for an existing worker, a complete worker, and the keyring with which workers open keys. */
export { MimecastBundlerPlugin } from './bundler-plugin.js';
export { createMimecastWorker } from './create-worker.js';
export type { CreateMimecastWorkerOptions } from './create-worker.js';
export { optionsFromEnvironment, WorkerConfigurationError } from './options.js';
export type { CheckpointOptions, MimecastWorkerOptions } from './options.js';
export { MimecastPlugin } from './plugin.js';
export { VaultKeyringError } from '../vault/errors.js';
export { createKeyring, sealingKey } from '../vault/keyring.js';
export type { Keyring, PublicSealingKey, KeyringKey } from '../vault/keys.js';
export type { TemporalNamespace } from '../evidence/database/errors.js';
export { UpgradeError } from './upgrade/errors.js';
export type { AdoptNamespace } from './upgrade/plan.js';
export type { UpgradeProgress, UpgradeStep } from './upgrade/progress.js';
export type { RestartedConnection } from './upgrade/restart-connection.js';
export { upgrade } from './upgrade/upgrade.js';
export type { UpgradeOptions, UpgradeReport } from './upgrade/upgrade.js';
