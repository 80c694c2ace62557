import { ApplicationFailure, CancellationScope, isCancellation, Trigger } from '@temporalio/workflow';

/** The longest that one command may take. Then it alone fails, its sender gets an error, and the next one runs. */
const COMMAND_LIMIT_MS = 120_000;

interface Command {
  readonly run: () => Promise<void>;
  readonly refuse: (reason: ApplicationFailure) => void;
}

/**
 * The commands that a connection has yet to carry out, one at a time and in order of arrival.
 *
 * Update handlers interleave at every `await`: a handler that changed state itself would see another handler's change half
 * done. So handlers only submit commands here and wait, and one loop runs them.
 */
export class CommandQueue {
  private readonly waiting: Command[] = [];
  private running: CancellationScope | undefined;

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Queues a command. @returns its result, once it has run */
  submit<T>(name: string, execute: () => Promise<T>): Promise<T> {
    return this.enqueue(name, () => this.bounded(execute));
  }

  /** Queues a command ahead of those that wait. */
  submitFirst<T>(name: string, execute: () => Promise<T>): Promise<T> {
    return this.enqueue(name, () => this.bounded(execute), 'first');
  }

  /**
   * Refuses every command that waits, cancels the one that runs, and queues this one. It has no time limit: it is for
   * commands that must not be left half done.
   */
  preempt<T>(name: string, execute: () => Promise<T>, reason: ApplicationFailure): Promise<T> {
    this.refuseAll(reason);
    this.running?.cancel();
    return this.enqueue(name, execute);
  }

  /** Answers every command that is still waiting with the same reason. */
  refuseAll(reason: ApplicationFailure): void {
    for (const command of this.waiting.splice(0)) command.refuse(reason);
  }

  /** Runs the next command, if there is one. Never throws: a command's failure goes to its sender. */
  async runNext(): Promise<void> {
    await this.waiting.shift()?.run();
  }

  private enqueue<T>(name: string, execute: () => Promise<T>, place: 'first' | 'last' = 'last'): Promise<T> {
    const result = new Trigger<T>();
    const command: Command = {
      refuse: (reason) => {
        result.reject(reason);
      },
      run: async () => {
        try {
          result.resolve(await execute());
        } catch (error) {
          result.reject(isCancellation(error) ? interrupted(name) : error);
        }
      },
    };
    if (place === 'first') this.waiting.unshift(command);
    else this.waiting.push(command);
    return (async () => await result)();
  }

  private async bounded<T>(execute: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope({ cancellable: true, timeout: COMMAND_LIMIT_MS });
    this.running = scope;
    try {
      return await scope.run(execute);
    } finally {
      this.running = undefined;
    }
  }
}

const INTERRUPTED = 'MimecastCommandInterrupted';

/** The command was cut off, and may have been carried out or not. */
export function isInterruption(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === INTERRUPTED;
}

function interrupted(name: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The connection did not finish "${name}": it took too long or the connection is being disconnected. Look at its status, then send it again.`,
    INTERRUPTED,
  );
}
