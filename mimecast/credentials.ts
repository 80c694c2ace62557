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

type CredentialField = keyof ApiV1Credentials;

/** What is wrong with one key. Never the key itself. */
export interface CredentialProblem {
  readonly field: CredentialField;
  readonly problem: string;
}

/** The keys cannot be right, whatever Mimecast would say to them. */
export class MimecastCredentialsError extends Error {
  override readonly name = 'MimecastCredentialsError';
  readonly problems: readonly CredentialProblem[];
  readonly nextStep = 'Copy the keys again from the application in the Mimecast Administration Console.';

  constructor(problems: readonly CredentialProblem[]) {
    const list = problems.map(({ field, problem }) => `${LABELS[field]} (${field}) ${problem}`).join('; ');
    super(
      `These keys cannot be used: ${list}. Copy the keys again from the application in the Mimecast Administration Console.`,
    );
    this.problems = problems;
  }
}

/** The names that the Administration Console gives to the fields. */
const LABELS: Readonly<Record<CredentialField, string>> = {
  applicationId: 'Application ID',
  applicationKey: 'Application Key',
  accessKey: 'Access Key',
  secretKey: 'Secret Key',
};

/**
 * Checks the form of the four keys. Nothing is trimmed or mended: a key that was pasted with a line break is refused
 * here, where its owner can see it, and not by Mimecast as a signature that does not match.
 *
 * @throws {MimecastCredentialsError} naming every field that is missing or malformed
 */
export function parseCredentials(input: unknown): ApiV1Credentials {
  const given = isJsonObject(input) ? input : {};
  const problems: CredentialProblem[] = [];

  const take = (field: CredentialField): string => {
    const value = given[field];
    const problem = problemOf(field, value);
    if (problem !== undefined) problems.push({ field, problem });
    return typeof value === 'string' ? value : '';
  };

  const credentials = {
    applicationId: take('applicationId'),
    applicationKey: take('applicationKey'),
    accessKey: take('accessKey'),
    secretKey: take('secretKey'),
  };
  if (problems.length > 0) throw new MimecastCredentialsError(problems);
  return credentials;
}

const LONGEST_KEY = 1024;

function problemOf(field: CredentialField, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return 'is missing';
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
