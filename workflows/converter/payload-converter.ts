import { workflowInfo } from '@temporalio/workflow';
import { markingConverter } from './marking-converter.js';
import { payloadConverter as users } from './users-converter.js';

const PREFIX = 'mimecast';

/** The payload converter of a bundle with the product's workflows. The bundler finds it under this name. */
export const payloadConverter = markingConverter(users, () => workflowInfo().workflowType.startsWith(PREFIX));
