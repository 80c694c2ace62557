/** The plugin and what it is configured with. Clients, activities, workflows and the sandbox are entry points of their own. */
export type { MimecastWorkerOptions } from './worker/options.js';
export { MimecastPlugin } from './worker/plugin.js';
