import { PassThrough, Writable } from 'node:stream';
import type { Terminal } from '../../../cli/console/terminal.js';

/** A terminal without a person; its output can be read back. */
export class RecordedTerminal implements Terminal {
  readonly env: Record<string, string | undefined>;
  readonly stdin = new PassThrough();
  readonly stdout = new Recorder();
  readonly stderr = new Recorder();

  constructor(env: Record<string, string | undefined> = {}) {
    // A folder in which `dev` never ran: the tests must not find one that runs beside them.
    this.env = { MIMECAST_DATA_DIR: '/nonexistent/mimecast', ...env };
  }

  now(): Date {
    return new Date('2026-11-23T12:00:00Z');
  }
}

export class Recorder extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
