import type { Kysely } from 'kysely';
import type { StoreSchema } from './schema.js';

/** Ignores letter case. */
export function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Returns all spellings, because SQLite ignores only ASCII case. Never empty, because PostgreSQL refuses `in ()`. */
export async function spellingsIn(
  db: Kysely<StoreSchema>,
  table: 'memories' | 'turns',
  person: string,
): Promise<readonly string[]> {
  const names =
    table === 'memories'
      ? (await db.selectFrom('memories').select('name').distinct().execute()).map(({ name }) => name)
      : (await db.selectFrom('turns').select('person').distinct().execute()).map((row) => row.person);
  return [person, ...names.filter((name) => name !== null && isSameName(name, person))] as readonly string[];
}
