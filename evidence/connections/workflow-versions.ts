import type { ConnectionState } from '../../model/connection.js';
import type { Database, Queryable } from '../database/database.js';
import { EvidenceSchemaError } from '../database/errors.js';

/** Which connections' workflows were started for another version of this product. See `model/workflow-version.ts`. */
export interface WorkflowVersions {
  /**
   * Returns the connections that are not disconnected, by id. Works on a database of any release: without the
   * column every mark is older, without our tables there are no connections.
   */
  live(): Promise<MarkedConnection[]>;
  /** Returns the live connections whose mark differs, by id, from a database of any release. */
  others(version: number): Promise<MarkedConnection[]>;
  /** Marks that a connection's workflow was started for a version. */
  mark(connectionId: string, version: number): Promise<void>;
}

/** A live connection, and the version that its workflow was started for. */
export interface MarkedConnection {
  readonly connectionId: string;
  readonly state: Exclude<ConnectionState, 'disconnected'>;
  /** 0 for releases that made no marks. */
  readonly version: number;
}

export function createWorkflowVersions(db: Database): WorkflowVersions {
  return {
    live: () => live(db),
    others: async (version) => (await live(db)).filter((connection) => connection.version !== version),
    async mark(connectionId, version) {
      await db.query({
        text: 'update mimecast.connections set workflow_version = $2 where connection_id = $1',
        values: [connectionId, version],
      });
    },
  };
}

/** Reads the mark from the row's JSON, in which a column that does not exist yet is null. */
async function live(client: Queryable): Promise<MarkedConnection[]> {
  try {
    return await client.query<MarkedConnection>({
      text: `
        select connection_id as "connectionId", state,
               coalesce((row_to_json(c) ->> 'workflow_version')::integer, 0) as version
          from mimecast.connections c
         where state <> 'disconnected'
         order by connection_id`,
    });
  } catch (error) {
    if (error instanceof EvidenceSchemaError) return [];
    throw error;
  }
}
