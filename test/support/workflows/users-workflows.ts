/** A user's own workflows file: ours beside theirs, as the README tells them. */
import { proxyActivities } from '@temporalio/workflow';

export * from '@surecloud/temporal-mimecast/workflows';

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: '1 min' });

export async function welcome(name: string): Promise<string> {
  return await greet(name);
}
