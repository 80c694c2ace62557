/** A user's workflows file with the workflows of the product, as the README shows it. */
import { proxyActivities } from '@temporalio/workflow';

export * from '@surecloud/temporal-mimecast/workflows';

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: '1 min' });

export async function welcome(name: string): Promise<string> {
  return await greet(name);
}
