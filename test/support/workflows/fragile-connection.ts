/** A release whose connections fail at a signal. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { mimecastConnection as connection } from '@surecloud/temporal-mimecast/workflows';

export * from '@surecloud/temporal-mimecast/workflows';

export async function mimecastConnection(...args: Parameters<typeof connection>): ReturnType<typeof connection> {
  setHandler(defineSignal('stumble'), () => {
    throw new Error('stumbled');
  });
  return await connection(...args);
}
