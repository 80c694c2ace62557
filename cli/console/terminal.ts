import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** The world as the command line sees it; tests give another one. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  now(): Date;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Colours for one stream: none when it is not a terminal or the user said so (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }, env: Terminal['env']): Colours {
  return pc.createColors(stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
}

/** Whether a person can be asked: questions go to stderr, so that stdout may still be piped. */
export function canAsk(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}
