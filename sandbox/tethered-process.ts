import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

/**
 * Runs "$@" for as long as standard input is open. The other end of that pipe is held by the process that started this, so
 * the server goes when its parent goes, even by SIGKILL.
 */
const TETHER = `
exec 3<&0
"$0" "$@" </dev/null 3<&- & server=$!
trap 'kill -TERM $server 2>/dev/null' TERM INT HUP
{ read -r _ <&3; kill -TERM $server 2>/dev/null; } & watch=$!
exec 3<&-
while :; do wait $server; status=$?; kill -0 $server 2>/dev/null || break; done
kill $watch 2>/dev/null
exit $status
`;

const STOP_TIMEOUT_MS = 15_000;
/** Kept of the beginning and of the end: a crash says why first, and then a long trace; a refusal comes last. */
const KEPT_CHARACTERS = 2_048;

export interface TetherOptions {
  /** Working directory of the server; that of this process by default. */
  readonly cwd?: string | undefined;
  /** Takes what the server prints; closed when the server has ended. */
  readonly log?: FileHandle | undefined;
}

/**
 * A server that runs beside this process and never outlives it. It has a process group of its own, so that Ctrl-C reaches
 * this process first and servers are stopped in order. On Windows there is no shell for the tether: a server there outlives
 * a parent that is killed by force.
 */
export class TetheredProcess {
  private readonly child: ChildProcessByStdio<Writable | null, Readable, Readable>;
  private readonly ended: Promise<void>;
  private first = '';
  private last = '';

  constructor(command: string, args: readonly string[], { cwd, log }: TetherOptions = {}) {
    this.child =
      process.platform === 'win32'
        ? spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn('/bin/sh', ['-c', TETHER, command, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'], detached: true });

    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.keep(text);
        void log?.appendFile(text).catch(() => undefined);
      });
    }
    this.child.once('error', (error) => {
      this.keep(error.message);
    });
    this.ended = once(this.child, 'close').then(
      () => log?.close(),
      () => log?.close(),
    );
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first and the last of what it printed, for error messages. */
  words(): string {
    return `${this.first}${this.last}`.trim();
  }

  /** Asks it to end, waits, and after 15 s ends it by force. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGTERM');
    const force = setTimeout(() => {
      this.signal('SIGKILL');
    }, STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(force);
  }

  private keep(text: string): void {
    const room = KEPT_CHARACTERS - this.first.length;
    this.first += text.slice(0, room);
    const rest = this.last + text.slice(room);
    this.last = rest.length > KEPT_CHARACTERS ? `\n…\n${rest.slice(-KEPT_CHARACTERS)}` : rest;
  }

  /** To the whole group: the shell, and the server under it. */
  private signal(name: 'SIGTERM' | 'SIGKILL'): void {
    try {
      if (process.platform === 'win32' || this.child.pid === undefined) this.child.kill(name);
      else process.kill(-this.child.pid, name);
    } catch {
      // Gone between the question and the signal.
    }
  }
}
