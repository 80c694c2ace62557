import { ApplicationFailure } from '@temporalio/common';
import { controlOf } from '../../posture/controls/catalogue.js';
import type { ControlId } from '../../model/verdicts.js';
import { statusOf } from '../../contract/connection-status.js';
import type { AnnotationRequest } from '../../contract/messages.js';
import type { ActivityDependencies } from '../dependencies.js';
import { evaluateConnection } from './evaluate-connection.js';
import { requireRow } from '../stored-connection.js';
import type { MimecastActivities } from '../../contract/activities.js';

/** The activities for verdicts and annotations. */
export function postureActivities(
  dependencies: ActivityDependencies,
): Pick<MimecastActivities, 'mimecast.evaluate' | 'mimecast.annotate' | 'mimecast.withdrawAnnotation'> {
  const { store } = dependencies;
  const reevaluated = async (connectionId: string, cause: 'timer' | 'change') => {
    await requireRow(store, connectionId);
    await evaluateConnection(dependencies, connectionId, cause);
    return await statusOf(store, await requireRow(store, connectionId));
  };

  return {
    async 'mimecast.evaluate'(connectionId, cause) {
      return await reevaluated(connectionId, cause);
    },

    async 'mimecast.annotate'(connectionId, request) {
      const { expiresAt, ...said } = request;
      const annotation = await store.annotations.add({
        ...said,
        connectionId,
        controlId: knownControl(request),
        expiresAt: new Date(expiresAt),
      });
      return { annotation, status: await reevaluated(connectionId, 'change') };
    },

    async 'mimecast.withdrawAnnotation'(connectionId, annotationId) {
      const annotation = await store.annotations.withdraw(connectionId, annotationId);
      return { annotation, status: await reevaluated(connectionId, 'change') };
    },
  };
}

function knownControl({ controlId }: AnnotationRequest): ControlId {
  const control = controlOf(controlId);
  if (control) return control.id;
  throw ApplicationFailure.nonRetryable(
    `There is no control ${controlId}. See "temporal-mimecast controls". Nothing was changed.`,
    'MimecastInvalidRequest',
  );
}
