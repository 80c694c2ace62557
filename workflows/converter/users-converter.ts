/** The payload converter of the user's worker. The bundler replaces this file when the user has one. */
export { defaultPayloadConverter as payloadConverter } from '@temporalio/common';
