// An upgrade in a process of its own that dies, as by `kill -9`, the moment it has done a step.
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { upgrade } from '../../dist/worker/index.js';

const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address, TASK_QUEUE: taskQueue, DIE_AFTER: last } = process.env;

const connection = await Connection.connect({ address });
await upgrade({
  databaseUrl,
  taskQueue,
  client: () => Promise.resolve(new Client({ connection })),
  onProgress: ({ step }) => {
    if (step === last) process.kill(process.pid, 'SIGKILL');
  },
});
process.exit(0);
