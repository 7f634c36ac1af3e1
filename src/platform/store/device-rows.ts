import type { Kysely, Selectable } from 'kysely';
import { ChorusError } from '../../core/index.js';
import type { Tx } from './database.js';
import { MAX_ROLES, type AdoptedDevice, type BoundBy, type DeviceRecord } from './device-store-port.js';
import { fromRow } from './row-mapping.js';
import type { StoreSchema } from './schema.js';

/** Limit on devices that were never bound, because anybody can create such devices. */
const MAX_UNBOUND_DEVICES = 1000;

type Db = Kysely<StoreSchema>;

/**
 * Limits {@link firstGeneration} if the clock is wrong. A token has nine digits for the generation, and the numbers
 * above this limit remain for rotations.
 */
const LAST_FIRST_GENERATION = 999_000_000;

/** Returns the seconds since 2020. The old token of a forgotten device therefore never becomes valid again. */
export function firstGeneration(atMs: number): number {
  return Math.min(LAST_FIRST_GENERATION, 1 + Math.max(0, Math.floor((atMs - Date.UTC(2020, 0)) / 1000)));
}

export async function findDevice(db: Db, deviceId: string): Promise<DeviceRecord | undefined> {
  const row = await db.selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
  return row && toDevice(row);
}

export async function getDeviceOrThrow(db: Db, deviceId: string): Promise<DeviceRecord> {
  const device = await findDevice(db, deviceId);
  if (!device) throw new ChorusError('store.failed', `no device ${deviceId} is known`);
  return device;
}

export async function bindDevice(
  tx: Tx,
  deviceId: string,
  clientId: string,
  by: BoundBy,
  atMs: number,
): Promise<DeviceRecord> {
  const before = await getDeviceOrThrow(tx, deviceId);
  const changedHands = before.boundClientId !== undefined && before.boundClientId !== clientId;
  await tx
    .updateTable('devices')
    .set((e) => ({
      client_id: clientId,
      bound_client_id: clientId,
      bound_by: by,
      bound_at_ms: atMs,
      revoked: 0,
      ...(changedHands && { token_generation: e('token_generation', '+', 2), previous_generation_valid: 0 }),
      ...(by === 'import' && before.boundClientId === undefined && { previous_generation_valid: 1 }),
    }))
    .where('device_id', '=', deviceId)
    .execute();
  return getDeviceOrThrow(tx, deviceId);
}

export async function countBound(db: Db, by: BoundBy, except = ''): Promise<number> {
  const { n } = await db
    .selectFrom('devices')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('bound_by', '=', by)
    .where('device_id', '!=', except)
    .executeTakeFirstOrThrow();
  return n;
}

/** Returns true if the device was not known before. */
export async function adoptDevice(
  tx: Tx,
  { deviceId, board, firmwareVersion, language, name, agentId }: AdoptedDevice,
  atMs: number,
): Promise<boolean> {
  const before = await findDevice(tx, deviceId);
  if (before) {
    const missing = {
      ...(before.name === undefined && name !== undefined && { name }),
      ...(before.agentId === undefined && agentId !== undefined && { agent_id: agentId }),
    };
    if (Object.keys(missing).length > 0)
      await tx.updateTable('devices').set(missing).where('device_id', '=', deviceId).execute();
    return false;
  }
  await tx
    .insertInto('devices')
    .values({
      device_id: deviceId,
      client_id: '',
      board: board ?? null,
      firmware_version: firmwareVersion ?? null,
      language,
      bound_at_ms: atMs,
      bound_by: 'import',
      token_generation: firstGeneration(atMs),
      previous_generation_valid: 0,
      revoked: 0,
      first_seen_ms: atMs,
      last_seen_ms: atMs,
      name: name ?? null,
      agent_id: agentId ?? null,
    })
    .execute();
  return true;
}

export async function dropOldestUnbound(tx: Tx): Promise<void> {
  const surplus = await tx
    .selectFrom('devices')
    .select('device_id')
    .where('bound_at_ms', 'is', null)
    .where('revoked', '=', 0)
    .orderBy('last_seen_ms', 'desc')
    .offset(MAX_UNBOUND_DEVICES)
    .limit(MAX_UNBOUND_DEVICES)
    .execute();
  if (surplus.length === 0) return;
  const ids = surplus.map((row) => row.device_id);
  await tx.deleteFrom('devices').where('device_id', 'in', ids).execute();
}

export function toDevice({ roles, ...row }: Selectable<StoreSchema['devices']>): DeviceRecord {
  return {
    ...fromRow<Omit<DeviceRecord, 'roles'>>(row, { previousGenerationValid: 'flag', revoked: 'flag' }),
    roles: readRoles(roles),
  };
}

function readRoles(roles: string | null): readonly string[] | undefined {
  return roles === null ? undefined : (JSON.parse(roles) as string[]);
}

export function writeRoles(roles: readonly string[]): string | null {
  const distinct = [...new Set(roles)].slice(0, MAX_ROLES);
  return distinct.length === 0 ? null : JSON.stringify(distinct);
}

export async function changeRole(tx: Tx, deviceId: string, agentId: string | undefined): Promise<DeviceRecord> {
  const before = await getDeviceOrThrow(tx, deviceId);
  const next = agentId ?? '';
  const roles = [...(before.roles ?? []), before.agentId ?? ''].filter((id) => id !== next);
  await tx
    .updateTable('devices')
    .set({ agent_id: agentId ?? null, roles: writeRoles(roles) })
    .where('device_id', '=', deviceId)
    .execute();
  return getDeviceOrThrow(tx, deviceId);
}
