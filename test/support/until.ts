import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** Waits for something that happens by itself and that nothing announces. The test's own time limit ends a vain wait. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await happened())) await delay(LOOK_EVERY_MS);
}
