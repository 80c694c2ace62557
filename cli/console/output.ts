import { once } from 'node:events';
import type { Failure } from './failures.js';
import { jsonText } from '../../model/text.js';
import { coloursFor, printable, type Colours, type Terminal } from './terminal.js';

/** Progress display. Silent unless stderr is a terminal. */
export interface Progress {
  /** Replaces the current line. */
  show(line: string): void;
  /** Removes the line. */
  clear(): void;
}

/**
 * Output of a command: the answer to stdout, once, as text or as one JSON document; notes, progress and failures to
 * stderr.
 */
export class Output {
  /** Colours for stdout. */
  readonly colours: Colours;
  readonly #errorColours: Colours;
  readonly #terminal: Terminal;
  readonly #options: { readonly json: boolean; readonly debug: boolean };

  constructor(terminal: Terminal, options: { json: boolean; debug: boolean }) {
    this.#terminal = terminal;
    this.#options = options;
    this.colours = coloursFor(terminal.stdout, terminal.env);
    this.#errorColours = coloursFor(terminal.stderr, terminal.env);
  }

  get json(): boolean {
    return this.#options.json;
  }

  /** True when progress is shown on stderr as a line that is replaced. */
  get isInteractive(): boolean {
    return this.#terminal.stderr.isTTY === true;
  }

  /** Writes the command's answer, once per command: `document` with --json, `lines` otherwise. */
  async answer(document: unknown, lines: () => readonly string[]): Promise<void> {
    const text = this.json ? jsonDocument(document) : printableLines(lines());
    if (!this.#terminal.stdout.write(`${text}\n`)) await once(this.#terminal.stdout, 'drain');
  }

  /** Writes text before the answer. Nothing with --json: it is part of the document. */
  preview(lines: () => readonly string[]): void {
    if (!this.json) this.#terminal.stdout.write(`${printableLines(lines())}\n`);
  }

  note(line: string): void {
    this.#terminal.stderr.write(`${printable(line)}\n`);
  }

  warn(line: string): void {
    this.note(`${this.#errorColours.yellow('warning')} ${line}`);
  }

  /** Writes a failure to stderr and, with --json, as a document to stdout, so that scripts always find one. */
  fail(failure: Failure, cause: unknown): void {
    this.note(`${this.#errorColours.red('error')} ${failure.message}`);
    for (const { file, line, field, message } of failure.faults ?? [])
      this.note(`${file}:${line}: ${field} ${message}`);
    if (failure.nextStep !== undefined) this.note(`${this.#errorColours.dim('next')}  ${failure.nextStep}`);
    if (this.#options.debug && cause instanceof Error) this.note(cause.stack ?? cause.message);
    if (!this.json) return;
    const { code, message, nextStep, faults: problems } = failure;
    this.#terminal.stdout.write(`${jsonDocument({ error: { code, message, nextStep, faults: problems } })}\n`);
  }

  progress(): Progress {
    const { stderr } = this.#terminal;
    if (!this.isInteractive) return { show: () => undefined, clear: () => undefined };

    const width = Math.max(20, (stderr.columns ?? 80) - 1);
    return {
      show: (line) => stderr.write(`\r\u001b[2K${printable(line).slice(0, width)}`),
      clear: () => stderr.write('\r\u001b[2K'),
    };
  }
}

/** A terminal also obeys characters that JSON leaves as they are, so they are escaped; the document is the same. */
const jsonDocument = (document: unknown): string => jsonText(JSON.stringify(document, undefined, 2));

const printableLines = (lines: readonly string[]): string => lines.map(printable).join('\n');
