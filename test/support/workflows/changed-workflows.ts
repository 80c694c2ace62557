import { sleep } from '@temporalio/workflow';

/** As a release would be that waits before it polls: runs of the one before cannot go on with it. */
export async function mimecastPollAccount(): Promise<void> {
  await sleep('1 s');
}
