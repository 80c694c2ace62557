/** Ends of a range that has none: before and after everything that is stored. */
export const BEGINNING = new Date(0);
export const FOREVER = new Date('9999-12-31T23:59:59Z');

/** SQL: a moment in the form of all records. */
export const isoMoment = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
