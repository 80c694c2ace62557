import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

/**
 * Runs "$@" while standard input is open. The parent process holds the other end of that pipe, so the server ends with its
 * parent, even after SIGKILL. Files that the server creates are readable by its owner only.
 */
const TETHER = `
umask 077
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
/** Characters kept of the beginning and of the end of the output: a crash reports its cause first, a refused start last. */
const KEPT_CHARACTERS = 2_048;

export interface TetherOptions {
  /** Working directory of the server; default: that of this process. */
  readonly cwd?: string | undefined;
  /** Receives the server's output; closed when the server has ended. */
  readonly log?: FileHandle | undefined;
}

/**
 * A child process that never outlives this process. It has its own process group, so that Ctrl-C reaches this process first
 * and servers are stopped in order. On Windows there is no shell for the tether: a server survives a parent that is killed.
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

  /** Beginning and end of its output, for error messages. */
  outputExcerpt(): string {
    return `${this.first}${this.last}`.trim();
  }

  /** Sends SIGTERM, waits, and sends SIGKILL after 15 s. */
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

  /** Signals the whole group: the shell and the server. */
  private signal(name: 'SIGTERM' | 'SIGKILL'): void {
    try {
      if (process.platform === 'win32' || this.child.pid === undefined) this.child.kill(name);
      else process.kill(-this.child.pid, name);
    } catch {
      // The process ended before the signal.
    }
  }
}
