import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base } from 'vitest';
import { createEvidenceStore } from '../../evidence/store.js';
import { freshDatabase } from './database.js';
import { startEngine, type EngineOptions } from './engine.js';

/**
 * `test` with what a test names in its parameter: it is started for the test or its file and stopped after it.
 *
 * - `engine`: a worker, a client, a database and a simulator, for the file. A file that needs another one extends
 *   `engineOptions`.
 * - `database`: a migrated database, for the file.
 * - `emptyDatabase`: a database without migrations, for one test.
 * - `store`: the evidence store on that database, whose tables are empty when a test begins.
 * - `folder`: an empty folder, for one test.
 */
export const test = base
  .extend('engineOptions', { scope: 'file' }, {} as EngineOptions)
  .extend('engine', { scope: 'file' }, async ({ engineOptions }, { onCleanup }) => {
    const engine = await startEngine(engineOptions);
    onCleanup(() => engine.stop());
    return engine;
  })
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await freshDatabase();
    onCleanup(() => database.drop());
    return database;
  })
  .extend('emptyDatabase', async ({}, { onCleanup }) => {
    const database = await freshDatabase({ migrated: false });
    onCleanup(() => database.drop());
    return database;
  })
  .extend('store', async ({ database }, { onCleanup }) => {
    await database.clear();
    const store = createEvidenceStore({ databaseUrl: database.url });
    onCleanup(() => store.close());
    return store;
  })
  .extend('folder', ({}, { onCleanup }) => temporaryFolder(onCleanup));

/** Creates a folder that other accounts of the machine may pass through, as the one of Postgres has to. */
export async function temporaryFolder(onCleanup: (remove: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mimecast-test-'));
  await chmod(folder, 0o711);
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
