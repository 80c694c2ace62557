import type { NativeConnection } from '@temporalio/worker';
import { isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.js';
import { WorkerConfigurationError } from './options.js';

/** `INDEXED_VALUE_TYPE_KEYWORD` in Temporal's API. */
const KEYWORD = 2;

/**
 * Makes sure that the namespace knows our search attributes: looks, and adds what is missing. A run that carries one
 * that the namespace does not know hangs on a failing task, so a worker that cannot add them must not start.
 *
 * @throws WorkerConfigurationError with the command for whoever may add them
 */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const missing = await missingAttributes(connection, namespace);
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker may have added them at the same moment.
    if ((await missingAttributes(connection, namespace)).length === 0) return;
    throw notAllowed(namespace, missing, error);
  }
}

async function missingAttributes(connection: NativeConnection, namespace: string): Promise<string[]> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const names = new Set(Object.keys(known.customAttributes));
  return SEARCH_ATTRIBUTES.map(({ name }) => name).filter((name) => !names.has(name));
}

function notAllowed(namespace: string, missing: readonly string[], error: unknown): WorkerConfigurationError {
  const reason = isGrpcServiceError(error) ? error.details : 'the server refused';
  const command = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  return new WorkerConfigurationError(
    `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, and this worker could not add them (${reason}).`,
    `Add them: temporal operator search-attribute create --namespace ${namespace} ${command}`,
  );
}
