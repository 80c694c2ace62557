import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * The search attributes that make list filters in the Temporal UI work. Keywords, never secrets: search attributes
 * are stored and indexed as plain text. A namespace must know them before a run may carry them.
 */
export const CONNECTION_ATTRIBUTE = defineSearchAttributeKey('MimecastConnection', 'KEYWORD');
export const STREAM_ATTRIBUTE = defineSearchAttributeKey('MimecastStream', 'KEYWORD');
/** Outcome of a poll, or state of a connection; for a failed run its cause, such as `auth-refused`. */
export const OUTCOME_ATTRIBUTE = defineSearchAttributeKey('MimecastOutcome', 'KEYWORD');

/** On a connection: the worst that a control says about its tenant, `pass`, `unknown` or `fail`. */
export const POSTURE_ATTRIBUTE = defineSearchAttributeKey('MimecastPosture', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [
  CONNECTION_ATTRIBUTE,
  STREAM_ATTRIBUTE,
  OUTCOME_ATTRIBUTE,
  POSTURE_ATTRIBUTE,
] as const;
