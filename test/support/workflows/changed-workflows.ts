import { sleep } from '@temporalio/workflow';

/** A release that waits before it polls: it cannot continue runs of the release before it. */
export async function mimecastPollAccount(): Promise<void> {
  await sleep('1 s');
}
