import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Functions that a process serves, by name. Arguments and results are sent by structured clone. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

type Reply = { readonly answer: unknown } | { readonly failure: string };

interface Question {
  readonly name: string;
  readonly argument: unknown;
}

const running = new Set<BenchProcess<Calls>>();

/** Ends the processes that still run when the work that started them was aborted. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...running].map((process) => process.end()));
}

/**
 * A child process of the benchmark, run by the same Node with the same flags as this one, so that two of them are
 * comparable. It ends with this process, because the channel between them closes. It does not receive Ctrl-C: this
 * process ends it.
 */
export class BenchProcess<Served extends Calls> {
  private readonly child: ChildProcess;
  private readonly exited: Promise<never>;

  /** @param module entry file of the process, relative to this folder */
  constructor(module: string) {
    this.child = fork(fileURLToPath(new URL(module, import.meta.url)), {
      serialization: 'advanced',
      detached: process.platform !== 'win32',
      // Its output is for people; stdout is reserved for the result.
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    });
    this.exited = once(this.child, 'exit').then(([code, signal]) => {
      throw new Error(`${module} ended by itself (${String(code ?? signal)}).`);
    });
    running.add(this);
    this.exited.catch(() => running.delete(this));
  }

  /**
   * Calls a function of the process; one call at a time. @throws {Error} with the message of a failure there, or when
   * the process has ended
   */
  async call<Name extends keyof Served & string>(
    name: Name,
    argument: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    const question: Question = { name, argument };
    const replied = once(this.child, 'message');
    this.child.send(question);
    const [reply] = (await Promise.race([replied, this.exited])) as [Reply];
    if ('failure' in reply) throw new Error(reply.failure);
    return reply.answer as Awaited<ReturnType<Served[Name]>>;
  }

  async end(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.exited.catch(() => undefined);
  }
}

/** Serves calls in the child process until the parent disconnects. */
export function serve(calls: Calls): void {
  process.once('disconnect', () => process.exit());
  process.on('message', ({ name, argument }: Question) => {
    void reply(calls[name], argument).then((message) => process.send?.(message));
  });
}

async function reply(call: Calls[string] | undefined, argument: unknown): Promise<Reply> {
  try {
    return { answer: await call?.(argument as never) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
