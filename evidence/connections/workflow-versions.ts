import type { ConnectionState } from '../../model/connection.js';
import type { Database, Queryable } from '../database/database.js';
import { EvidenceSchemaError } from '../database/errors.js';

/** Which connections' workflows were started for another version of this product. See `model/workflow-version.ts`. */
export interface WorkflowVersions {
  /**
   * Connections that are not disconnected and whose mark differs, by id. Works on a database of any release: without the
   * column every mark is older, without our tables there are no connections.
   */
  others(version: number): Promise<MarkedConnection[]>;
  /** Marks that a connection's workflow was started for a version. */
  mark(connectionId: string, version: number): Promise<void>;
}

export interface MarkedConnection {
  readonly connectionId: string;
  readonly state: Exclude<ConnectionState, 'disconnected'>;
  /** 0 for releases that made no marks. */
  readonly version: number;
}

export function createWorkflowVersions(db: Database): WorkflowVersions {
  return {
    others: (version) => others(db, version),
    async mark(connectionId, version) {
      await db.query({
        text: 'update mimecast.connections set workflow_version = $2 where connection_id = $1',
        values: [connectionId, version],
      });
    },
  };
}

/** By way of the row's JSON, in which a column that is not there yet is null. */
async function others(client: Queryable, version: number): Promise<MarkedConnection[]> {
  try {
    return await client.query<MarkedConnection>({
      text: `
        select * from (
          select connection_id as "connectionId", state,
                 coalesce((row_to_json(c) ->> 'workflow_version')::integer, 0) as version
            from mimecast.connections c
           where state <> 'disconnected') marked
         where version <> $1 order by "connectionId"`,
      values: [version],
    });
  } catch (error) {
    if (error instanceof EvidenceSchemaError) return [];
    throw error;
  }
}
