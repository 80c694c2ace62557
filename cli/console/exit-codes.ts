/** What the process's exit code says. Kept small, so that scripts can act on it. */
export const EXIT = {
  done: 0,
  /** The command did its work and the answer is bad: keys refused, a poll failed, a chain broken. */
  badAnswer: 1,
  /** The command line, or what it names, is wrong. Nothing was changed. */
  usage: 2,
  /** Something that the command needs is not there: Temporal, Postgres, a worker, the ring. */
  unreachable: 3,
  /** Ctrl-C, as shells count it (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
