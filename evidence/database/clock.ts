import type { Queryable } from './database.js';

/**
 * The clock of one piece of work: the database's, read once, then advanced by monotonic time. A wall clock of this machine
 * that is wrong, or is set while the work runs, does not show in it. Never ahead of the database's clock: it is behind by at
 * most the time that the answer took.
 */
export type Clock = () => Date;

export function clockFrom(at: Date): Clock {
  const since = performance.now();
  return () => new Date(at.getTime() + performance.now() - since);
}

export async function readClock(client: Queryable): Promise<Clock> {
  const [read] = await client.query<{ at: Date }>({ text: 'select clock_timestamp() as at' });
  if (!read) throw new Error('The database did not tell the time');
  return clockFrom(read.at);
}
