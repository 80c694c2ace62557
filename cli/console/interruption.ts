/** Ends when the user interrupts. */
export function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/**
 * What the work answers, or the signal's AbortError as soon as the user interrupts: then nobody waits for the work any
 * more.
 */
export async function unlessInterrupted<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const givenUp = interrupted(signal).then(() => {
    signal.throwIfAborted();
    return work;
  });
  return Promise.race([work, givenUp]);
}
