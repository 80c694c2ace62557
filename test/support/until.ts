import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** Waits for a condition that no event announces. The time limit of the test ends a wait without effect. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await happened())) await delay(LOOK_EVERY_MS);
}
