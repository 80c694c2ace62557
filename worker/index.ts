/** Workers that collect evidence: a plugin for a worker of the user's, or a worker of its own. */
export { createMimecastWorker } from './create-worker.js';
export type { CreateMimecastWorkerOptions } from './create-worker.js';
export { optionsFromEnvironment, WorkerConfigurationError } from './options.js';
export type { CheckpointOptions, MimecastWorkerOptions } from './options.js';
export { MimecastPlugin } from './plugin.js';
