import { sleep } from '@temporalio/workflow';

/** The smallest bundle. */
export async function nothing(): Promise<void> {
  await sleep(1);
}
