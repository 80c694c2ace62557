/** Exit codes of the process. Few, so that scripts can act on them. */
export const EXIT = {
  done: 0,
  /** The command completed with a negative result: keys refused, a poll failed, a chain broken. */
  badAnswer: 1,
  /** The command line, or a file that it names, is invalid. Nothing was changed. */
  usage: 2,
  /** A requirement is missing: Temporal, Postgres, a worker, the keyring. */
  unreachable: 3,
  /** Ctrl-C, as in shells (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
