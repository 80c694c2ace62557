import { apiVersionOf, MimecastCredentialsError, parseCredentials } from '../../mimecast/credentials.js';
import { apiVersionProblem } from '../../mimecast/regions.js';
import { VaultSealError } from '../../vault/errors.js';
import { describeSealed } from '../../vault/sealing.js';
import { CONNECTION_ID } from '../../contract/ids.js';
import { isJsonObject } from '../../model/json.js';
import type { WantedConnection } from './documents.js';
import type { ApplyProblem, Problem } from './problems.js';
import { parseDocument, type DocumentRules } from './schema.js';
import { wantedConnections } from './wanted.js';

/** Connections that documents describe, or all problems of the documents. */
export interface CheckedDocuments {
  /** Empty when there are problems. */
  readonly wanted: readonly WantedConnection[];
  readonly problems: readonly ApplyProblem[];
}

/** Checks everything that can be checked without a request to Temporal or Mimecast. */
export function checkDocuments(documents: readonly unknown[], rules: DocumentRules): CheckedDocuments {
  const parsed = documents.map((document) => parseDocument(document, rules));
  const problems = [
    ...documents.flatMap((document, index) =>
      [...(parsed[index]?.problems ?? []), ...senseProblems(document, rules)].map(at(index)),
    ),
    ...repeatedConnections(documents),
  ];
  if (problems.length > 0) return { wanted: [], problems };
  return { wanted: parsed.flatMap(({ value }, index) => (value ? wantedConnections(value, index) : [])), problems };
}

const at =
  (document: number) =>
  (problem: Problem): ApplyProblem => ({ document, ...problem });

/** Returns problems of fields in combination. Reads the document as written: its form may be invalid too. */
function senseProblems(document: unknown, { keyField }: DocumentRules): Problem[] {
  const defaults = isJsonObject(document) && isJsonObject(document['defaults']) ? document['defaults'] : {};
  return [...connectionsIn(document)].flatMap(([id, connection]) => {
    const path = ['connections', id];
    return [
      ...idProblems(id),
      ...placeProblems(connection, defaults),
      ...thresholdProblems(connection, defaults),
      ...keyProblems(id, connection, keyField),
      ...placeOfKeysProblems(connection, defaults, keyField),
    ].map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
  });
}

/** The same connection in two places would have two truths. */
function repeatedConnections(documents: readonly unknown[]): ApplyProblem[] {
  const seen = new Map<string, number>();
  const problems: ApplyProblem[] = [];
  for (const [document, content] of documents.entries()) {
    for (const [id] of connectionsIn(content)) {
      const path = ['connections', id];
      const first = seen.get(id);
      if (first === undefined) seen.set(id, document);
      else problems.push({ document, path, message: 'is there twice', other: { document: first, path } });
    }
  }
  return problems;
}

function idProblems(id: string): Problem[] {
  if (CONNECTION_ID.test(id)) return [];
  const message =
    'cannot be the id of a connection: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit';
  return [{ path: [], message }];
}

function placeProblems(connection: Fields, defaults: Fields): Problem[] {
  if (connection['baseUrl'] !== undefined || defaults['baseUrl'] !== undefined) return [];
  return [{ path: ['baseUrl'], message: 'is missing, here and in the defaults' }];
}

function thresholdProblems(connection: Fields, defaults: Fields): Problem[] {
  const thresholds = { ...recordIn(defaults, 'thresholds'), ...recordIn(connection, 'thresholds') };
  const { keysDueDays, keysOverdueDays } = thresholds;
  if (typeof keysDueDays !== 'number' || typeof keysOverdueDays !== 'number' || keysDueDays <= keysOverdueDays)
    return [];
  const message = `is ${keysDueDays}, and keysOverdueDays ${keysOverdueDays}: keys cannot be due for rotation after they are overdue`;
  return [{ path: ['thresholds', 'keysDueDays'], message }];
}

function keyProblems(id: string, connection: Fields, keyField: DocumentRules['keyField']): Problem[] {
  const { sealed, [keyField]: others } = connection;
  const message = 'is a second source of keys beside sealed: keep one';
  return [
    ...(sealed === undefined || others === undefined ? [] : [{ path: [keyField], message }]),
    ...(typeof sealed === 'string' && sealed !== '' ? sealProblems(id, sealed) : []),
    ...(others === undefined || keyField === 'keysFrom' ? [] : credentialProblems(others)),
  ];
}

function sealProblems(id: string, sealed: string): Problem[] {
  const path = ['sealed'];
  try {
    const { connectionId } = describeSealed(sealed);
    if (connectionId === id) return [];
    return [{ path, message: `is sealed for the connection ${JSON.stringify(connectionId.slice(0, 63))}` }];
  } catch (error) {
    if (!(error instanceof VaultSealError)) throw error;
    return [{ path, message: 'is damaged or cut off: seal the keys again with "temporal-mimecast vault seal"' }];
  }
}

/** Returns problems of a base URL: each API version has its own hosts. Only a worker knows the version of sealed keys. */
function placeOfKeysProblems(connection: Fields, defaults: Fields, keyField: DocumentRules['keyField']): Problem[] {
  const baseUrl = connection['baseUrl'] ?? defaults['baseUrl'];
  const credentials = keyField === 'credentials' ? connection['credentials'] : undefined;
  if (typeof baseUrl !== 'string' || credentials === undefined || credentialProblems(credentials).length > 0) return [];
  const misfit = apiVersionProblem(baseUrl, apiVersionOf(parseCredentials(credentials)));
  return misfit ? [{ path: ['baseUrl'], message: `does not fit the keys. ${misfit.message}` }] : [];
}

/** Returns problems of keys that are found without a call to Mimecast. The messages contain no key. */
export function credentialProblems(credentials: unknown): Problem[] {
  try {
    parseCredentials(credentials);
    return [];
  } catch (error) {
    if (!(error instanceof MimecastCredentialsError)) throw error;
    const problems = error.problems.map(({ field, problem }) => `${field} ${problem}`);
    return [{ path: ['credentials'], message: `cannot be right: ${problems.join('; ')}` }];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function* connectionsIn(document: unknown): Generator<readonly [string, Fields]> {
  if (!isJsonObject(document) || !isJsonObject(document['connections'])) return;
  for (const [id, connection] of Object.entries(document['connections'])) {
    if (isJsonObject(connection)) yield [id, connection];
  }
}

const recordIn = (fields: Fields, name: string): Fields => (isJsonObject(fields[name]) ? fields[name] : {});
