import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** Environment of the command line; tests provide their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  now(): Date;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Returns colours for one stream; none when it is not a terminal or the user disabled them (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }, env: Terminal['env']): Colours {
  return pc.createColors(stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
}

/** True when a user can be prompted. Prompts go to stderr, so that stdout can be piped. */
export function canAsk(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}
