import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { ChorusError } from '../../core/index.js';
import { storeError } from './store-error.js';

/** Migrations only go forward, in the order of their names. A released migration is never edited. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-devices': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('devices')
        .addColumn('device_id', 'text', (c) => c.primaryKey())
        .addColumn('client_id', 'text', (c) => c.notNull())
        .addColumn('board', 'text')
        .addColumn('firmware_version', 'text')
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('bound_at_ms', 'bigint')
        .addColumn('bound_by', 'text')
        .addColumn('bound_client_id', 'text')
        .addColumn('token_generation', 'integer', (c) => c.notNull().defaultTo(1))
        .addColumn('previous_generation_valid', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('revoked', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('first_seen_ms', 'bigint', (c) => c.notNull())
        .addColumn('last_seen_ms', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('activations')
        .addColumn('device_id', 'text', (c) => c.notNull())
        .addColumn('client_id', 'text', (c) => c.notNull())
        .addColumn('code', 'text', (c) => c.unique())
        .addColumn('challenge', 'text', (c) => c.notNull())
        .addColumn('created_ms', 'bigint', (c) => c.notNull())
        .addColumn('expires_ms', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('activations_pk', ['device_id', 'client_id'])
        .execute();
      await db.schema
        .createTable('serial_keys')
        .addColumn('serial', 'text', (c) => c.primaryKey())
        .addColumn('key_hex', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('secrets')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('value', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '0002-firmware-agents-turns': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('devices').addColumn('name', 'text').execute();
      await db.schema.alterTable('devices').addColumn('agent_id', 'text').execute();
      await db.schema
        .createTable('agents')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('prompt', 'text')
        .addColumn('voice', 'text')
        .addColumn('language', 'text')
        .addColumn('llm', 'text')
        .execute();
      await createFirmware(db);
      await createTurns(db);
    },
  },
  // `more` has the fields of src/records without a column of their own, as JSON.
  '0003-more-fields': {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const table of ['agents', 'turns']) await db.schema.alterTable(table).addColumn('more', 'text').execute();
    },
  },
  '0004-agents-and-memory': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('devices').addColumn('roles', 'text').execute();
      await db.schema.alterTable('turns').addColumn('agent_id', 'text').execute();
      await createTalkDays(db);
      await createMemories(db);
    },
  },
  '0005-notices': { up: createNotices },
  '0006-spending': { up: createSpending },
  '0007-knowledge': { up: createKnowledge },
  '0008-people': { up: createPeople },
  '0009-voiceprints': { up: createVoiceprints },
  '0010-knowledge-vectors': { up: createKnowledgeVectors },
  '0011-audio': { up: createAudio },
  '0012-person-of-turns': { up: addPersonOfTurns },
  '0013-recordings': { up: createRecordings },
};

async function createTalkDays(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('talk_days')
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('talk_ms', 'bigint', (c) => c.notNull())
    .addColumn('characters', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('talk_days_pk', ['device_id', 'day'])
    .execute();
}

async function createSpending(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('spending')
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('spending_pk', ['day', 'device_id', 'agent_id', 'provider', 'unit'])
    .execute();
}

async function createAudio(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('turn_audio')
    .addColumn('turn_id', 'text', (c) => c.notNull().references('turns.id').onDelete('cascade'))
    .addColumn('side', 'text', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('data', sql`bytea`, (c) => c.notNull())
    .addPrimaryKeyConstraint('turn_audio_pk', ['turn_id', 'side'])
    .execute();
  await db.schema.createIndex('turn_audio_at').on('turn_audio').column('at_ms').execute();
}

/** Moves the person's name from the JSON in `more` to a column, because turns are searched by person. */
async function addPersonOfTurns(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('turns').addColumn('person', 'text').execute();
  await db.schema.createIndex('turns_of_person').on('turns').columns(['person', 'at_ms']).execute();
  for (;;) {
    const { rows } = await sql<{ readonly id: string; readonly more: string }>`
      select id, more from turns where more like '%"person":%' limit 500`.execute(db);
    if (rows.length === 0) return;
    for (const { id, more } of rows) {
      const { person, ...rest } = JSON.parse(more) as { readonly person?: unknown };
      const left = Object.keys(rest).length === 0 ? null : JSON.stringify(rest);
      const name = typeof person === 'string' ? person : null;
      await sql`update turns set person = ${name}, more = ${left} where id = ${id}`.execute(db);
    }
  }
}

async function createPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('people')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .execute();
}

async function createVoiceprints(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('voiceprints')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('vector', 'text', (c) => c.notNull())
    .execute();
}

async function createKnowledge(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('knowledge_documents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('collection', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('format', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('pages', 'integer')
    .addColumn('passages', 'integer', (c) => c.notNull())
    .addColumn('characters', 'bigint', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('search_index', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('knowledge_passages')
    .addColumn('document_id', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('knowledge_passages_pk', ['document_id', 'number'])
    .execute();
}

async function createKnowledgeVectors(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('knowledge_vectors')
    .addColumn('document_id', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('vector', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('knowledge_vectors_pk', ['document_id', 'number'])
    .execute();
}

async function createMemories(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('memories')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('keywords', 'text', (c) => c.notNull())
    .addColumn('source_turn', 'text')
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('replaced_by', 'text')
    .addColumn('replaced_ms', 'bigint')
    .execute();
  await db.schema
    .createIndex('memories_of_device')
    .on('memories')
    .columns(['device_id', 'agent_id', 'created_ms'])
    .execute();
}

async function createFirmware(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('firmware_releases')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('board', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size_bytes', 'bigint', (c) => c.notNull())
    .addColumn('chip', 'text')
    .addColumn('elf_sha256', 'text')
    .addColumn('file_name', 'text', (c) => c.notNull())
    // In PostgreSQL, `real` would have only four bytes.
    .addColumn('share', 'double precision', (c) => c.notNull())
    .addColumn('device_ids', 'text', (c) => c.notNull())
    .addColumn('force', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('counted_from_ms', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('firmware_installs')
    .addColumn('release_id', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('from_version', 'text')
    .addColumn('offers', 'integer', (c) => c.notNull())
    .addColumn('offered_ms', 'bigint', (c) => c.notNull())
    .addColumn('downloads', 'integer', (c) => c.notNull())
    .addColumn('downloaded_ms', 'bigint')
    .addColumn('confirmed_ms', 'bigint')
    .addColumn('returned_ms', 'bigint')
    .addPrimaryKeyConstraint('firmware_installs_pk', ['release_id', 'device_id'])
    .execute();
  await db.schema.createIndex('firmware_installs_of_device').on('firmware_installs').column('device_id').execute();
}

async function createTurns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('turns')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('utterance_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('board', 'text')
    .addColumn('firmware_version', 'text')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('mode', 'text', (c) => c.notNull())
    .addColumn('asr', 'text')
    .addColumn('speculated', 'integer', (c) => c.notNull())
    .addColumn('prepared', 'integer', (c) => c.notNull())
    .addColumn('stages_ms', 'text', (c) => c.notNull())
    .addColumn('sentences', 'integer', (c) => c.notNull())
    .addColumn('cached_sentences', 'integer', (c) => c.notNull())
    .addColumn('packets', 'integer', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('underruns', 'integer', (c) => c.notNull())
    .addColumn('underrun_ms', 'integer', (c) => c.notNull())
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('user_text', 'text')
    .execute();
  await db.schema.createIndex('turns_at').on('turns').columns(['at_ms', 'id']).execute();
  await db.schema.createIndex('turns_of_device').on('turns').columns(['device_id', 'at_ms']).execute();
}

async function createNotices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('text', 'text')
    .addColumn('due_ms', 'bigint', (c) => c.notNull())
    .addColumn('expires_ms', 'bigint')
    .addColumn('repeats', 'text')
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .addColumn('length_ms', 'bigint')
    .addColumn('urgent', 'integer', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('claimed_by', 'text')
    .addColumn('claimed_until_ms', 'bigint')
    .execute();
  await db.schema.createIndex('notices_due').on('notices').column('due_ms').execute();
  await db.schema.createIndex('notices_of_device').on('notices').columns(['device_id', 'due_ms']).execute();
  await db.schema
    .createTable('tool_data')
    .addColumn('tool', 'text', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('changed_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('tool_data_pk', ['tool', 'owner', 'key'])
    .execute();
}

/** A recording is split into several rows, because copying the database reads many rows into memory at a time. */
async function createRecordings(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('notices').addColumn('recording_id', 'text').execute();
  await db.schema.createIndex('notices_of_recording').on('notices').column('recording_id').execute();
  await db.schema
    .createTable('recordings')
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('recordings_pk', ['id', 'part'])
    .execute();
}

export interface SchemaState {
  /** The last completed migration. Undefined for an empty database. */
  readonly at: string | undefined;
  readonly pending: readonly string[];
}

export async function schemaState<T>(db: Kysely<T>, migrations = MIGRATIONS): Promise<SchemaState> {
  const known = await migratorOf(db, migrations).getMigrations();
  return {
    at: known.findLast(({ executedAt }) => executedAt !== undefined)?.name,
    pending: known.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name),
  };
}

/**
 * Migrates forward to the schema `to`, or by default to the newest, in one transaction. Several processes may migrate
 * at once. Error: `store.failed`, also if a newer Chorus wrote the database.
 */
export async function migrate<T>(db: Kysely<T>, migrations = MIGRATIONS, to?: string): Promise<void> {
  const migrator = migratorOf(db, migrations);
  const { error, results } = to === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(to);
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  if (failed !== undefined)
    throw new ChorusError('store.failed', `migration ${failed} failed and was undone`, { cause: error });
  if (NEWER.test(error instanceof Error ? error.message : ''))
    throw new ChorusError(
      'store.failed',
      'the database does not fit this version of Chorus (was it written by a newer one?)',
      { cause: error },
    );
  throw storeError('migrate the database', error);
}

/** The Migrator's message about an unknown migration. */
const NEWER = /^corrupted migrations/;

function migratorOf<T>(db: Kysely<T>, migrations: Readonly<Record<string, Migration>>): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
}
