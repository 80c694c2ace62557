import { isGrpcServiceError, type OperatorService } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';
import { WorkerConfigurationError } from './options.js';

/** `INDEXED_VALUE_TYPE_KEYWORD` in Temporal's API. */
const KEYWORD = 2;

/**
 * Ensures that the namespace has the search attributes of this package, and adds missing ones. A run with an
 * attribute that the namespace does not know blocks on a failing task, so a worker that cannot add them must not
 * start.
 *
 * @throws WorkerConfigurationError with the command that adds them
 */
export async function ensureSearchAttributes(
  connection: { readonly operatorService: OperatorService },
  namespace: string,
): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker may have added them at the same moment.
    if ((await missingSearchAttributes(connection, namespace)).length === 0) return;
    throw notAllowed(namespace, missing, error);
  }
}

/** Returns the names of search attributes that the namespace lacks. */
export async function missingSearchAttributes(
  { operatorService }: { readonly operatorService: OperatorService },
  namespace: string,
): Promise<string[]> {
  const known = await operatorService.listSearchAttributes({ namespace });
  const names = new Set(Object.keys(known.customAttributes));
  return SEARCH_ATTRIBUTES.map(({ name }) => name).filter((name) => !names.has(name));
}

/** Returns the command that adds search attributes. */
export function createAttributesCommand(namespace: string, missing: readonly string[]): string {
  const names = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${names}`;
}

function notAllowed(namespace: string, missing: readonly string[], error: unknown): WorkerConfigurationError {
  const reason = isGrpcServiceError(error) ? error.details : 'the server refused';
  return new WorkerConfigurationError(
    `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, and this worker could not add them (${reason}).`,
    `Add them: ${createAttributesCommand(namespace, missing)}`,
  );
}
