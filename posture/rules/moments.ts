/** The control's look-back into logs, in days. */
export const LOOK_BACK_DAYS = 7;

export const after = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

/** Returns the earliest future time. */
export function nextOf(moments: readonly (Date | undefined)[], now: Date): Date | undefined {
  const coming = moments.filter((moment) => moment !== undefined && moment > now).map(Number);
  return coming.length === 0 ? undefined : new Date(Math.min(...coming));
}

/** Returns the earliest time, past or future. */
export function earliest(moments: readonly (Date | undefined)[]): Date | undefined {
  const present = moments.filter((moment) => moment !== undefined).map(Number);
  return present.length === 0 ? undefined : new Date(Math.min(...present));
}
