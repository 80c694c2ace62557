/** The plugin and its options. Clients, activities, workflows, evidence and the sandbox are entry points of their own. */
export type { Keyring, PublicSealingKey, KeyringKey } from './vault/keys.js';
export { MimecastBundlerPlugin } from './worker/bundler-plugin.js';
export type { CheckpointOptions, MimecastWorkerOptions } from './worker/options.js';
export { MimecastPlugin } from './worker/plugin.js';
