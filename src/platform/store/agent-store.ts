import type { Insertable, Kysely } from 'kysely';
import { AGENT_FIELDS, fromRow, toRow, type Agent } from '../../records/index.js';
import type { AgentStore } from './agent-port.js';
import type { Database } from './database.js';
import { changeRole, findDevice } from './device-rows.js';
import type { StoreSchema } from './schema.js';

export class KyselyAgentStore implements AgentStore {
  constructor(private readonly database: Database) {}

  agents(): Promise<readonly Agent[]> {
    return this.database.read('list agents', async (db) =>
      (await db.selectFrom('agents').selectAll().orderBy('name').orderBy('id').execute()).map(toAgent),
    );
  }

  agent(id: string): Promise<Agent | undefined> {
    return this.database.read('find an agent', (db) => findAgent(db, id));
  }

  agentOf(deviceId: string): Promise<Agent | undefined> {
    return this.database.read('find the agent of a device', async (db) => {
      const row = await db
        .selectFrom('agents')
        .innerJoin('devices', 'devices.agent_id', 'agents.id')
        .selectAll('agents')
        .where('devices.device_id', '=', deviceId)
        .executeTakeFirst();
      return row && toAgent(row);
    });
  }

  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]> {
    return this.database.read('find the roles of a device', async (db) => {
      const { roles = [] } = (await findDevice(db, deviceId)) ?? {};
      if (roles.length === 0) return [];
      const rows = await db.selectFrom('agents').selectAll().where('id', 'in', roles).execute();
      const agents = new Map(rows.map((row) => [row.id, toAgent(row)]));
      return roles.flatMap((id) => (id === '' ? [undefined] : (agents.get(id) ?? [])));
    });
  }

  changeRole(deviceId: string, agentId: string | undefined): Promise<void> {
    return this.database.write('change the agent of a device', async (tx) => {
      await changeRole(tx, deviceId, agentId);
    });
  }

  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent> {
    return this.database.write('keep an agent', async (tx) => {
      const row = { id, ...toRow(AGENT_FIELDS, change(await findAgent(tx, id))) } as Insertable<StoreSchema['agents']>;
      await tx
        .insertInto('agents')
        .values(row)
        .onConflict((c) => c.column('id').doUpdateSet(row))
        .execute();
      return toAgent(row);
    });
  }

  removeAgent(id: string): Promise<boolean> {
    return this.database.write('remove an agent', async (tx) => {
      await tx.updateTable('devices').set({ agent_id: null }).where('agent_id', '=', id).execute();
      await tx.deleteFrom('memories').where('agent_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('agents').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }
}

async function findAgent(db: Kysely<StoreSchema>, id: string): Promise<Agent | undefined> {
  const row = await db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toAgent(row);
}

function toAgent(row: Insertable<StoreSchema['agents']>): Agent {
  return { id: row.id, ...fromRow(AGENT_FIELDS, { ...row }) };
}
