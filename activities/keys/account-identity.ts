import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import { startOf, storable } from '../../model/text.js';

/** Identity of the account in an answer of `get-account`. */
export interface AccountIdentity {
  readonly code: string;
  readonly name?: string;
}

/** @param items the endpoint's items, already checked to be one account with a code */
export function accountIdentity(items: readonly unknown[]): AccountIdentity {
  const { accountCode, accountName } = items[0] as { accountCode: string; accountName?: unknown };
  return defined({ code: accountCode, name: nameIn(accountName) });
}

const LONGEST_NAME = 256;

/** The name as it is kept with the connection, for people only: nothing rests on it. The stored answer has the original. */
function nameIn(accountName: unknown): string | undefined {
  if (typeof accountName !== 'string' || accountName === '') return undefined;
  return storable(startOf(accountName, LONGEST_NAME));
}

/**
 * Returns why an account may not be the connection's. Evidence of two tenants must never mix, so the account of a
 * connection is set once: by its operator, or by the first keys that were accepted.
 */
export function accountProblem(row: ConnectionRow, code: string): string | undefined {
  const expected = row.accountCode ?? row.settings.expectedAccount;
  if (expected === undefined || expected === code) return undefined;
  return (
    `These keys open account ${code}, but ${row.connectionId} is about ${expected}. Nothing was changed. ` +
    'Use a new connection id, or the right keys.'
  );
}

/** @throws ApplicationFailure `MimecastAccountError` when the answer is about another account than the connection's */
export function refuseOtherAccount(row: ConnectionRow, items: readonly unknown[]): void {
  const problem = accountProblem(row, accountIdentity(items).code);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'MimecastAccountError');
}
