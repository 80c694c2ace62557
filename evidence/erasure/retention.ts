import type { ConnectionSettings, Retention } from '../../model/connection.js';

/** How long what is kept where the settings say nothing else, in days. */
const USUAL_RETENTION: Readonly<Required<Retention>> = { eventBodiesDays: 400, verdictsDays: 2555 };

export function retentionOf({ retention }: Pick<ConnectionSettings, 'retention'>): Required<Retention> {
  return { ...USUAL_RETENTION, ...retention };
}
