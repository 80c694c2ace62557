import { ApplicationFailure, CancellationScope, isCancellation, Trigger } from '@temporalio/workflow';

/** How long one command may take. Longer, and it fails alone: whoever sent it is told, and the next one runs. */
const COMMAND_LIMIT_MS = 120_000;

interface Command {
  readonly run: () => Promise<void>;
  readonly refuse: (reason: ApplicationFailure) => void;
}

/**
 * The commands that a connection has still to carry out, one at a time and in the order in which they came.
 *
 * Update handlers interleave at every `await`; a handler that changed state by itself would see the state of another
 * one half done. So handlers only submit here and wait, and one loop runs what was submitted.
 */
export class CommandQueue {
  private readonly waiting: Command[] = [];
  private running: CancellationScope | undefined;

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Queues a command. @returns its result, when its turn has come. */
  submit<T>(name: string, execute: () => Promise<T>): Promise<T> {
    return this.enqueue(name, () => this.bounded(execute));
  }

  /**
   * Refuses every command that waits, cancels the one that runs, and queues this one. It has no time limit: it is for
   * what must not be left half done.
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

  /** Runs the command whose turn it is. Never throws: a command's failure belongs to whoever sent it. */
  async runNext(): Promise<void> {
    await this.waiting.shift()?.run();
  }

  private enqueue<T>(name: string, execute: () => Promise<T>): Promise<T> {
    const result = new Trigger<T>();
    this.waiting.push({
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
    });
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
