import type { Kysely, Selectable } from 'kysely';
import { ChorusError } from '../../core/index.js';
import type { Tx } from './database.js';
import type { ActivationRecord, AdoptedDevice, BoundBy, DeviceRecord } from './device-store-port.js';
import type { StoreSchema } from './schema.js';

/** Rows of devices that were never bound: anybody can make them, so their number is bounded. */
const MAX_UNBOUND_DEVICES = 1000;

type Db = Kysely<StoreSchema>;

/** Nine digits, as many as a token takes, and room for rotations: in 2051, or by a clock that is decades ahead. */
const LAST_FIRST_GENERATION = 999_000_000;

/** Generations begin with the seconds since 2020, so that a token from before a device was forgotten is not valid again when it comes back. */
export function firstGeneration(atMs: number): number {
  return Math.min(LAST_FIRST_GENERATION, 1 + Math.max(0, Math.floor((atMs - Date.UTC(2020, 0)) / 1000)));
}

export async function findDevice(db: Db, deviceId: string): Promise<DeviceRecord | undefined> {
  const row = await db.selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
  return row && toDevice(row);
}

export async function demandDevice(db: Db, deviceId: string): Promise<DeviceRecord> {
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
  const before = await demandDevice(tx, deviceId);
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
  return demandDevice(tx, deviceId);
}

/** True: it was not known. */
export async function adoptDevice(
  tx: Tx,
  { deviceId, board, firmwareVersion, language, name, agentId }: AdoptedDevice,
  atMs: number,
): Promise<boolean> {
  const before = await findDevice(tx, deviceId);
  if (before) {
    const more = {
      ...(before.name === undefined && name !== undefined && { name }),
      ...(before.agentId === undefined && agentId !== undefined && { agent_id: agentId }),
    };
    if (Object.keys(more).length > 0)
      await tx.updateTable('devices').set(more).where('device_id', '=', deviceId).execute();
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

export function toDevice(row: Selectable<StoreSchema['devices']>): DeviceRecord {
  return {
    deviceId: row.device_id,
    clientId: row.client_id,
    board: row.board ?? undefined,
    firmwareVersion: row.firmware_version ?? undefined,
    language: row.language,
    boundAtMs: row.bound_at_ms ?? undefined,
    boundBy: row.bound_by ?? undefined,
    boundClientId: row.bound_client_id ?? undefined,
    tokenGeneration: row.token_generation,
    previousGenerationValid: row.previous_generation_valid !== 0,
    revoked: row.revoked !== 0,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
    name: row.name ?? undefined,
    agentId: row.agent_id ?? undefined,
  };
}

export function toActivation(row: Selectable<StoreSchema['activations']>): ActivationRecord {
  return {
    deviceId: row.device_id,
    clientId: row.client_id,
    code: row.code ?? undefined,
    challenge: row.challenge,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
  };
}
