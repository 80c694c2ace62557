import { once } from 'node:events';
import type { Failure } from './failures.js';
import { coloursFor, type Colours, type Terminal } from './terminal.js';

/** Shows that work goes on. Silent unless stderr is a terminal. */
export interface Progress {
  /** Replaces the line that is shown. */
  show(line: string): void;
  /** Takes the line away. */
  clear(): void;
}

/**
 * Where a command's words go: the answer to stdout, once, as text or as one JSON document; notes, progress and
 * failures to stderr.
 */
export class Output {
  /** For text on stdout. */
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

  /** The command's answer. A command answers once: `document` with --json, the lines otherwise. */
  async answer(document: unknown, lines: () => readonly string[]): Promise<void> {
    const text = this.json ? JSON.stringify(document, undefined, 2) : lines().join('\n');
    if (!this.#terminal.stdout.write(`${text}\n`)) await once(this.#terminal.stdout, 'drain');
  }

  /** What people see ahead of the answer. Nothing with --json, which has its place in the document. */
  preview(lines: () => readonly string[]): void {
    if (!this.json) this.#terminal.stdout.write(`${lines().join('\n')}\n`);
  }

  note(line: string): void {
    this.#terminal.stderr.write(`${line}\n`);
  }

  warn(line: string): void {
    this.note(`${this.#errorColours.yellow('warning')} ${line}`);
  }

  /** Tells people on stderr, and with --json scripts on stdout as well, so that they always find one document there. */
  fail(failure: Failure, cause: unknown): void {
    this.note(`${this.#errorColours.red('error')} ${failure.message}`);
    for (const { file, line, field, message } of failure.faults ?? [])
      this.note(`${file}:${line}: ${field} ${message}`);
    if (failure.nextStep !== undefined) this.note(`${this.#errorColours.dim('next')}  ${failure.nextStep}`);
    if (this.#options.debug && cause instanceof Error) this.note(cause.stack ?? cause.message);
    if (!this.json) return;
    const { code, message, nextStep, faults: problems } = failure;
    this.#terminal.stdout.write(
      `${JSON.stringify({ error: { code, message, nextStep, faults: problems } }, undefined, 2)}\n`,
    );
  }

  progress(): Progress {
    const { stderr } = this.#terminal;
    if (stderr.isTTY !== true) return { show: () => undefined, clear: () => undefined };

    const width = Math.max(20, (stderr.columns ?? 80) - 1);
    return {
      show: (line) => stderr.write(`\r\u001b[2K${line.slice(0, width)}`),
      clear: () => stderr.write('\r\u001b[2K'),
    };
  }
}
