import { isJsonObject } from '../model/json.js';

/** The four keys of an API 1.0 application. */
export interface ApiV1Credentials {
  readonly applicationId: string;
  /** Signs requests. Never sent. */
  readonly applicationKey: string;
  readonly accessKey: string;
  /** Standard base64. Signs requests. Never sent. */
  readonly secretKey: string;
}

/** The two keys of an API 2.0 application. */
export interface ApiV2Credentials {
  readonly clientId: string;
  /** Sent to the token endpoint only. */
  readonly clientSecret: string;
}

/** The keys of one application in clear: four for API 1.0, two for API 2.0. */
export type MimecastCredentials = ApiV1Credentials | ApiV2Credentials;

/** Version of the vendor's API. Each version has its own hosts and keys. */
export type ApiVersion = '1.0' | '2.0';

/** The name of one key, as {@link MimecastCredentials} has it. */
export type CredentialField = keyof ApiV1Credentials | keyof ApiV2Credentials;

/** Problem with one key. Never contains the key. */
export interface CredentialProblem {
  readonly field: CredentialField;
  readonly problem: string;
}

const NEXT_STEP = 'Copy the keys again from the application in the Mimecast Administration Console.';

/** The keys are malformed; they were not sent to Mimecast. */
export class MimecastCredentialsError extends Error {
  override readonly name = 'MimecastCredentialsError';
  readonly problems: readonly CredentialProblem[];
  readonly nextStep = NEXT_STEP;

  constructor(problems: readonly CredentialProblem[], why?: string) {
    const list = problems.map(({ field, problem }) => `${LABELS[field]} (${field}) ${problem}`).join('; ');
    super(`These keys cannot be used: ${why === undefined ? list : `${why}: ${list}`}. ${NEXT_STEP}`);
    this.problems = problems;
  }
}

/** Field names in the Administration Console. */
const LABELS: Readonly<Record<CredentialField, string>> = {
  applicationId: 'Application ID',
  applicationKey: 'Application Key',
  accessKey: 'Access Key',
  secretKey: 'Secret Key',
  clientId: 'Client ID',
  clientSecret: 'Client Secret',
};

/** Fields of each version, in the order in which people enter them. */
const FIELDS = {
  '1.0': ['applicationId', 'applicationKey', 'accessKey', 'secretKey'],
  '2.0': ['clientId', 'clientSecret'],
} as const satisfies Readonly<Record<ApiVersion, readonly CredentialField[]>>;

export function isApiV2(credentials: MimecastCredentials): credentials is ApiV2Credentials {
  return 'clientId' in credentials;
}

/** Returns the API version of a set of keys. */
export function apiVersionOf(credentials: MimecastCredentials): ApiVersion {
  return isApiV2(credentials) ? '2.0' : '1.0';
}

/**
 * Checks the form of keys: four for API 1.0, or two for API 2.0. The fields that are present decide the version.
 * Nothing is trimmed or corrected: a key pasted with a line break is rejected here with a clear message, instead of by
 * Mimecast as a wrong signature.
 *
 * @throws {MimecastCredentialsError} with every field that is missing or malformed; for keys of both versions or of
 *   neither, with the problems of both
 */
export function parseCredentials(input: unknown): MimecastCredentials {
  const keys = isJsonObject(input) ? input : {};
  const [first, second] = apiVersionsIn(keys);
  if (first === undefined) throw new MimecastCredentialsError(problemsIn(keys, '1.0', '2.0'), NONE);
  if (second !== undefined) throw new MimecastCredentialsError(mixedProblems(keys), MIXED);

  const problems = problemsIn(keys, first);
  if (problems.length > 0) throw new MimecastCredentialsError(problems);
  return Object.fromEntries(FIELDS[first].map((field) => [field, keys[field]])) as unknown as MimecastCredentials;
}

const NONE = 'the four of API 1.0 or the two of API 2.0 are needed';
const MIXED = 'they are of two generations of the API; keep the four of API 1.0 or the two of API 2.0';

/** Versions of which at least one key is present. */
function apiVersionsIn(keys: Readonly<Record<string, unknown>>): ApiVersion[] {
  return (['1.0', '2.0'] as const).filter((apiVersion) => FIELDS[apiVersion].some((field) => !isMissing(keys[field])));
}

/** Problems of both versions; when both are complete, the keys of API 2.0 as redundant. */
function mixedProblems(keys: Readonly<Record<string, unknown>>): CredentialProblem[] {
  const problems = problemsIn(keys, '1.0', '2.0');
  return problems.length > 0 ? problems : FIELDS['2.0'].map((field) => ({ field, problem: 'is there too' }));
}

function problemsIn(keys: Readonly<Record<string, unknown>>, ...apiVersions: ApiVersion[]): CredentialProblem[] {
  return apiVersions
    .flatMap((apiVersion): readonly CredentialField[] => FIELDS[apiVersion])
    .flatMap((field) => {
      const problem = problemOf(field, keys[field]);
      return problem === undefined ? [] : [{ field, problem }];
    });
}

const LONGEST_KEY = 1024;

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

function problemOf(field: CredentialField, value: unknown): string | undefined {
  if (isMissing(value)) return 'is missing';
  if (typeof value !== 'string') return 'is not text';
  if (value !== value.trim()) return 'starts or ends with white space';
  if (!/^[\x21-\x7e]+$/.test(value)) return 'contains white space or characters that no key has';
  if (value.length > LONGEST_KEY) return `is longer than ${LONGEST_KEY} characters`;
  if (field === 'secretKey' && !isStandardBase64(value)) return 'is not base64: characters are missing or were changed';
  return undefined;
}

/**
 * Compares the text with its own round trip. Node decodes damaged base64 without an error, and would sign with the
 * wrong bytes.
 */
function isStandardBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}
