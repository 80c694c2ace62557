/** A user's workflows file with the workflows of the product and one that takes messages. */
import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export * from '@surecloud/temporal-mimecast/workflows';

export async function listen(): Promise<string> {
  let heard: string | undefined;
  setHandler(defineSignal<[string]>('say'), (text) => {
    heard = text;
  });
  await condition(() => heard !== undefined);
  return heard ?? '';
}
