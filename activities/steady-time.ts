/**
 * Time that only moves forward, for limits and budgets: the time since this process started, as a date. Only differences
 * between two of its values mean something.
 */
export const steadyTime = (): Date => new Date(performance.now());
