import type { Kysely, Selectable } from 'kysely';
import type { AgentRecord, AgentStore } from './agent-port.js';
import type { Database } from './database.js';
import type { StoreSchema } from './schema.js';

/** The {@link AgentStore} on any {@link Database}. */
export class KyselyAgentStore implements AgentStore {
  constructor(private readonly database: Database) {}

  agents(): Promise<readonly AgentRecord[]> {
    return this.database.read('list agents', async (db) =>
      (await db.selectFrom('agents').selectAll().orderBy('name').orderBy('id').execute()).map(toAgent),
    );
  }

  agent(id: string): Promise<AgentRecord | undefined> {
    return this.database.read('find an agent', (db) => findAgent(db, id));
  }

  agentOf(deviceId: string): Promise<AgentRecord | undefined> {
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

  changeAgent(id: string, change: (before: AgentRecord | undefined) => Omit<AgentRecord, 'id'>): Promise<AgentRecord> {
    return this.database.write('keep an agent', async (tx) => {
      const { name, prompt, voice, language, llm } = change(await findAgent(tx, id));
      const row = { name, prompt: prompt ?? null, voice: voice ?? null, language: language ?? null, llm: llm ?? null };
      await tx
        .insertInto('agents')
        .values({ id, ...row })
        .onConflict((c) => c.column('id').doUpdateSet(row))
        .execute();
      return toAgent({ id, ...row });
    });
  }

  removeAgent(id: string): Promise<boolean> {
    return this.database.write('remove an agent', async (tx) => {
      await tx.updateTable('devices').set({ agent_id: null }).where('agent_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('agents').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }
}

async function findAgent(db: Kysely<StoreSchema>, id: string): Promise<AgentRecord | undefined> {
  const row = await db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toAgent(row);
}

function toAgent({ id, name, prompt, voice, language, llm }: Selectable<StoreSchema['agents']>): AgentRecord {
  return {
    id,
    name,
    prompt: prompt ?? undefined,
    voice: voice ?? undefined,
    language: language ?? undefined,
    llm: llm ?? undefined,
  };
}
