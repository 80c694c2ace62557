import type { ConverterHint, Payload, PayloadConverter, SerializationContext } from '@temporalio/common';
import { UNDECODABLE } from '../../model/schemas.js';

/**
 * Wraps a payload converter for workflows that take messages from anyone. A payload that it cannot decode becomes
 * {@link UNDECODABLE}: the error of the converter would fail the workflow task again and again, and with it every
 * message that follows.
 *
 * Results of activities are not marked. They come from a worker of the same queue, so a worker that cannot decode them is
 * misconfigured, and the task waits for one that can.
 *
 * @param isOurs whether the current workflow handles marks; the others get the error
 */
export function markingConverter(converter: PayloadConverter, isOurs: () => boolean): PayloadConverter {
  return {
    toPayload: (value, context, hint) => converter.toPayload(value, context, hint),
    fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
      try {
        return converter.fromPayload<T>(payload, context, hint);
      } catch (error) {
        if (context?.type !== 'workflow' || !isOurs()) throw error;
        return UNDECODABLE as T;
      }
    },
  };
}
