import { sleep } from '@temporalio/workflow';

/** The least that a bundle can be. */
export async function nothing(): Promise<void> {
  await sleep(1);
}
