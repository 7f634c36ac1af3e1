import { Migrator, type Kysely, type Migration } from 'kysely';
import { ChorusError } from '../core/index.js';

/** Forward only, applied in the order of their names, never edited once released. */
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
};

/**
 * Brings the database to the newest schema, all steps in one transaction: a failed migration leaves nothing behind.
 * `store.failed` also when the database was written by a newer Chorus.
 */
export async function migrate<T>(db: Kysely<T>, migrations = MIGRATIONS): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  const about = failed === undefined ? 'the database does not fit this version of Chorus (was it written by a newer one?)' : `migration ${failed} failed and was undone`;
  throw new ChorusError('store.failed', about, { cause: error });
}
