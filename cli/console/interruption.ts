/** Resolves when the user interrupts. */
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
 * Returns the result of the work, or rejects with the signal's AbortError when the user interrupts; the work is then
 * abandoned.
 */
export async function unlessInterrupted<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const givenUp = interrupted(signal).then(() => {
    signal.throwIfAborted();
    return work;
  });
  return Promise.race([work, givenUp]);
}
