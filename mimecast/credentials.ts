import { isJsonObject } from './json.js';

/** The four keys of an API 1.0 application. */
export interface ApiV1Credentials {
  readonly applicationId: string;
  /** Signs, and never travels. */
  readonly applicationKey: string;
  readonly accessKey: string;
  /** Standard base64. Signs, and never travels. */
  readonly secretKey: string;
}

/** The two keys of an API 2.0 application. */
export interface ApiV2Credentials {
  readonly clientId: string;
  /** Travels to the token endpoint, and nowhere else. */
  readonly clientSecret: string;
}

/** The keys of one application in clear: four for API 1.0, two for API 2.0. */
export type MimecastCredentials = ApiV1Credentials | ApiV2Credentials;

/** A version of the vendor's API: each has hosts and keys of its own. */
export type ApiVersion = '1.0' | '2.0';

/** The name of one key, as {@link MimecastCredentials} has it. */
export type CredentialField = keyof ApiV1Credentials | keyof ApiV2Credentials;

/** What is wrong with one key. Never the key itself. */
export interface CredentialProblem {
  readonly field: CredentialField;
  readonly problem: string;
}

const NEXT_STEP = 'Copy the keys again from the application in the Mimecast Administration Console.';

/** The keys cannot be right, whatever Mimecast would say to them. */
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

/** The names that the Administration Console gives to the fields. */
const LABELS: Readonly<Record<CredentialField, string>> = {
  applicationId: 'Application ID',
  applicationKey: 'Application Key',
  accessKey: 'Access Key',
  secretKey: 'Secret Key',
  clientId: 'Client ID',
  clientSecret: 'Client Secret',
};

/** The fields of each version, in the order in which people enter them. */
const FIELDS = {
  '1.0': ['applicationId', 'applicationKey', 'accessKey', 'secretKey'],
  '2.0': ['clientId', 'clientSecret'],
} as const satisfies Readonly<Record<ApiVersion, readonly CredentialField[]>>;

export function isApiV2(credentials: MimecastCredentials): credentials is ApiV2Credentials {
  return 'clientId' in credentials;
}

/** The version of the API that keys are for. */
export function apiVersionOf(credentials: MimecastCredentials): ApiVersion {
  return isApiV2(credentials) ? '2.0' : '1.0';
}

/**
 * Checks the form of keys: the four of API 1.0 or the two of API 2.0, told apart by the fields that are given. Nothing is
 * trimmed or mended: a key that was pasted with a line break is refused here, where its owner can see it, and not by
 * Mimecast as a signature that does not match.
 *
 * @throws {MimecastCredentialsError} naming every field that is missing or malformed; for keys of both versions, and
 *   for none at all, what each of them lacks
 */
export function parseCredentials(input: unknown): MimecastCredentials {
  const given = isJsonObject(input) ? input : {};
  const [first, second] = apiVersionsIn(given);
  if (first === undefined) throw new MimecastCredentialsError(problemsIn(given, '1.0', '2.0'), NONE);
  if (second !== undefined) throw new MimecastCredentialsError(mixedProblems(given), MIXED);

  const problems = problemsIn(given, first);
  if (problems.length > 0) throw new MimecastCredentialsError(problems);
  return Object.fromEntries(FIELDS[first].map((field) => [field, given[field]])) as unknown as MimecastCredentials;
}

const NONE = 'the four of API 1.0 or the two of API 2.0 are needed';
const MIXED = 'they are of two generations of the API; keep the four of API 1.0 or the two of API 2.0';

/** The versions of which at least one key is given. */
function apiVersionsIn(given: Readonly<Record<string, unknown>>): ApiVersion[] {
  return (['1.0', '2.0'] as const).filter((apiVersion) => FIELDS[apiVersion].some((field) => !isMissing(given[field])));
}

/** What each of the two lacks; where neither lacks anything, the keys that are too many. */
function mixedProblems(given: Readonly<Record<string, unknown>>): CredentialProblem[] {
  const problems = problemsIn(given, '1.0', '2.0');
  return problems.length > 0 ? problems : FIELDS['2.0'].map((field) => ({ field, problem: 'is there too' }));
}

function problemsIn(given: Readonly<Record<string, unknown>>, ...apiVersions: ApiVersion[]): CredentialProblem[] {
  return apiVersions
    .flatMap((apiVersion): readonly CredentialField[] => FIELDS[apiVersion])
    .flatMap((field) => {
      const problem = problemOf(field, given[field]);
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

/** Node decodes damaged base64 without complaint, and then signs with the wrong bytes: only what comes back unchanged is whole. */
function isStandardBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}
