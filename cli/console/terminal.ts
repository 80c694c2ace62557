import { randomInt } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import { terminalText } from '../../model/text.js';

/** Environment of the command line; tests provide their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  now(): Date;
}

/** Styles of text. */
const STYLES = ['bold', 'dim', 'green', 'red', 'yellow'] as const;

export type Colours = Readonly<Record<(typeof STYLES)[number], (text: string) => string>>;

/** Returns colours for one stream; none when it is not a terminal or the user disabled them (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }, env: Terminal['env']): Colours {
  const isOn = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return isOn ? COLOURED : PLAIN;
}

/**
 * Marks the escape sequences of this process, as a first number in them. Text from elsewhere cannot know it, so only
 * these sequences reach the terminal; a terminal ignores the number, and tables do not count it.
 */
const MARK = randomInt(100_000_000, 1_000_000_000);
const OURS = new RegExp(String.raw`(\u001b\[${MARK};\d+m)`);

const PLAIN = stylesFrom(() => (text) => text);
const COLOURED = stylesFrom((style) => {
  const [open = '', close = ''] = pc.createColors(true)[style]('\n').split('\n').map(marked);
  return (text) => open + text.replaceAll(close, close + open) + close;
});

function stylesFrom(make: (style: keyof Colours) => (text: string) => string): Colours {
  return Object.fromEntries(STYLES.map((style) => [style, make(style)])) as unknown as Colours;
}

function marked(sequence: string): string {
  return sequence.replaceAll('\u001b[', `\u001b[${MARK};`);
}

/**
 * Returns a line as it may be written to a terminal or a file: with the colours of this process, and without any other
 * escape, control or direction character, wherever its text comes from.
 */
export function printable(line: string): string {
  return line
    .split(OURS)
    .map((part) => (OURS.test(part) ? part.replace(`${MARK};`, '') : terminalText(part)))
    .join('');
}

/** True when a user can be prompted. Prompts go to stderr, so that stdout can be piped. */
export function canAsk(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}
