import { ChorusError } from '../../core/index.js';
import type { Database } from './database.js';
import {
  adoptDevice,
  bindDevice,
  countBound,
  getDeviceOrThrow,
  dropOldestUnbound,
  findDevice,
  firstGeneration,
  toDevice,
  writeRoles,
} from './device-rows.js';
import type { ActivationRecord, AdoptedDevice, BoundBy, DeviceRecord, DeviceStore } from './device-store-port.js';
import { removeTurns } from './history-store.js';
import { dropRecordings } from './notice-store.js';
import { fromRow, toRow } from './row-mapping.js';

/** The limit is small, so that guessing a code is hopeless. */
const MAX_ACTIVATIONS = 100;
/** Number of devices imported in one transaction, so that a running server need not wait long. */
const ADOPTED_AT_ONCE = 100;

export class KyselyDeviceStore implements DeviceStore {
  constructor(private readonly database: Database) {}

  find(deviceId: string): Promise<DeviceRecord | undefined> {
    return this.database.read('find a device', (db) => findDevice(db, deviceId));
  }

  seen(
    device: Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>,
    atMs: number,
  ): Promise<DeviceRecord> {
    return this.database.write('record a device', async (tx) => {
      const reported = {
        client_id: device.clientId,
        board: device.board ?? null,
        firmware_version: device.firmwareVersion ?? null,
        language: device.language,
        last_seen_ms: atMs,
      };
      await tx
        .insertInto('devices')
        .values({
          device_id: device.deviceId,
          ...reported,
          token_generation: firstGeneration(atMs),
          previous_generation_valid: 0,
          revoked: 0,
          first_seen_ms: atMs,
        })
        .onConflict((c) => c.column('device_id').doUpdateSet(reported))
        .execute();
      await dropOldestUnbound(tx);
      return getDeviceOrThrow(tx, device.deviceId);
    });
  }

  bind(deviceId: string, clientId: string, by: BoundBy, atMs: number): Promise<DeviceRecord> {
    return this.database.write('bind a device', (tx) => bindDevice(tx, deviceId, clientId, by, atMs));
  }

  bindWithin(
    max: number,
    deviceId: string,
    clientId: string,
    by: BoundBy,
    atMs: number,
  ): Promise<DeviceRecord | undefined> {
    return this.database.write('bind a device', async (tx) =>
      (await countBound(tx, by, deviceId)) >= max ? undefined : bindDevice(tx, deviceId, clientId, by, atMs),
    );
  }

  countBound(by: BoundBy): Promise<number> {
    return this.database.read('count devices', (db) => countBound(db, by));
  }

  async adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number> {
    let added = 0;
    for (let from = 0; from < devices.length; from += ADOPTED_AT_ONCE) {
      added += await this.database.write('take over devices', async (tx) => {
        let fresh = 0;
        for (const device of devices.slice(from, from + ADOPTED_AT_ONCE))
          if (await adoptDevice(tx, device, atMs)) fresh++;
        return fresh;
      });
    }
    return added;
  }

  confirmGeneration(deviceId: string): Promise<void> {
    return this.database.write('confirm a token', async (tx) => {
      await tx.updateTable('devices').set({ previous_generation_valid: 0 }).where('device_id', '=', deviceId).execute();
    });
  }

  rotate(deviceId: string): Promise<DeviceRecord> {
    return this.database.write('rotate a token', async (tx) => {
      await tx
        .updateTable('devices')
        .set((e) => ({ token_generation: e('token_generation', '+', 1), previous_generation_valid: 1 }))
        .where('device_id', '=', deviceId)
        // If the device did not get the last token, another rotation would invalidate its present token.
        .where('previous_generation_valid', '=', 0)
        .execute();
      return getDeviceOrThrow(tx, deviceId);
    });
  }

  revoke(deviceId: string): Promise<void> {
    return this.database.write('revoke a device', async (tx) => {
      await tx
        .updateTable('devices')
        .set((e) => ({
          // Increased by two, so that no old generation becomes the current or the previous one again.
          token_generation: e('token_generation', '+', 2),
          previous_generation_valid: 0,
          revoked: 1,
          bound_at_ms: null,
          bound_by: null,
          bound_client_id: null,
        }))
        .where('device_id', '=', deviceId)
        .execute();
      await tx.deleteFrom('activations').where('device_id', '=', deviceId).execute();
    });
  }

  list(): Promise<readonly DeviceRecord[]> {
    return this.database.read('list devices', async (db) =>
      (await db.selectFrom('devices').selectAll().orderBy('first_seen_ms').orderBy('device_id').execute()).map(
        toDevice,
      ),
    );
  }

  rename(deviceId: string, name: string | undefined): Promise<DeviceRecord> {
    return this.database.write('name a device', async (tx) => {
      await tx
        .updateTable('devices')
        .set({ name: name ?? null })
        .where('device_id', '=', deviceId)
        .execute();
      return getDeviceOrThrow(tx, deviceId);
    });
  }

  async forget(deviceId: string): Promise<boolean> {
    await removeTurns(this.database, 'forget a device', { deviceId });
    return this.database.write('forget a device', async (tx) => {
      for (const table of [
        'activations',
        'firmware_installs',
        'turns',
        'talk_days',
        'spending',
        'memories',
        'notices',
      ] as const)
        await tx.deleteFrom(table).where('device_id', '=', deviceId).execute();
      await tx.deleteFrom('tool_data').where('owner', '=', deviceId).execute();
      await dropRecordings(tx);
      const { numDeletedRows } = await tx.deleteFrom('devices').where('device_id', '=', deviceId).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  assignAgent(deviceId: string, agentId: string | undefined): Promise<DeviceRecord> {
    return this.database.write('give a device an agent', async (tx) => {
      if (
        agentId !== undefined &&
        !(await tx.selectFrom('agents').select('id').where('id', '=', agentId).executeTakeFirst())
      ) {
        throw new ChorusError('store.failed', `no agent ${agentId} is known`);
      }
      await tx
        .updateTable('devices')
        .set({ agent_id: agentId ?? null })
        .where('device_id', '=', deviceId)
        .execute();
      return getDeviceOrThrow(tx, deviceId);
    });
  }

  allowRoles(deviceId: string, agentIds: readonly string[]): Promise<DeviceRecord> {
    return this.database.write('let a device change its agent', async (tx) => {
      await tx
        .updateTable('devices')
        .set({ roles: writeRoles(agentIds) })
        .where('device_id', '=', deviceId)
        .execute();
      return getDeviceOrThrow(tx, deviceId);
    });
  }

  putActivation(record: ActivationRecord): Promise<void> {
    return this.database.write('start a pairing', async (tx) => {
      await tx.deleteFrom('activations').where('expires_ms', '<=', record.createdMs).execute();
      const row = toRow(record);
      await tx
        .insertInto('activations')
        .values(row)
        .onConflict((c) => c.columns(['device_id', 'client_id']).doUpdateSet(row))
        .execute();
      const surplus = await tx
        .selectFrom('activations')
        .select(['device_id', 'client_id'])
        // Used codes are dropped first, because their devices are bound.
        .orderBy((e) => e('code', 'is', null))
        .orderBy('created_ms', 'desc')
        .offset(MAX_ACTIVATIONS)
        .limit(MAX_ACTIVATIONS)
        .execute();
      for (const old of surplus) {
        await tx
          .deleteFrom('activations')
          .where('device_id', '=', old.device_id)
          .where('client_id', '=', old.client_id)
          .execute();
      }
    });
  }

  activationOf(deviceId: string, clientId: string): Promise<ActivationRecord | undefined> {
    return this.database.read('find a pairing', async (db) => {
      const row = await db
        .selectFrom('activations')
        .selectAll()
        .where('device_id', '=', deviceId)
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      return row && fromRow(row, {});
    });
  }

  takeCode(code: string, atMs: number): Promise<ActivationRecord | undefined> {
    return this.database.write('take a pairing code', async (tx) => {
      const row = await tx
        .selectFrom('activations')
        .selectAll()
        .where('code', '=', code)
        .where('expires_ms', '>', atMs)
        .executeTakeFirst();
      if (!row) return undefined;
      await tx.updateTable('activations').set({ code: null }).where('code', '=', code).execute();
      return fromRow(row, {});
    });
  }

  dropActivation(deviceId: string, clientId: string): Promise<boolean> {
    return this.database.write('end a pairing', async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('activations')
        .where('device_id', '=', deviceId)
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  serialKey(serial: string): Promise<string | undefined> {
    return this.database.read(
      'find a serial number',
      async (db) =>
        (await db.selectFrom('serial_keys').select('key_hex').where('serial', '=', serial).executeTakeFirst())?.key_hex,
    );
  }

  putSerialKeys(keys: ReadonlyMap<string, string>): Promise<void> {
    if (keys.size === 0) return Promise.resolve();
    return this.database.write('record serial numbers', async (tx) => {
      await tx
        .insertInto('serial_keys')
        .values(Array.from(keys, ([serial, key_hex]) => ({ serial, key_hex })))
        .onConflict((c) => c.column('serial').doUpdateSet((eb) => ({ key_hex: eb.ref('excluded.key_hex') })))
        .execute();
    });
  }

  serials(after: string, limit: number): Promise<readonly string[]> {
    return this.database.read('list serial numbers', async (db) => {
      const rows = await db
        .selectFrom('serial_keys')
        .select('serial')
        .where('serial', '>', after)
        .orderBy('serial')
        .limit(limit)
        .execute();
      return rows.map(({ serial }) => serial);
    });
  }

  dropSerialKey(serial: string): Promise<boolean> {
    return this.database.write('forget a serial number', async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('serial_keys').where('serial', '=', serial).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  secret(name: string, create: () => string): Promise<string> {
    return this.database.write('keep a secret', async (tx) => {
      const found = await tx.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst();
      if (found) return found.value;
      const value = create();
      await tx.insertInto('secrets').values({ name, value }).execute();
      return value;
    });
  }

  findSecret(name: string): Promise<string | undefined> {
    return this.database.read(
      'find a secret',
      async (db) => (await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst())?.value,
    );
  }

  replaceSecret(name: string, value: string): Promise<void> {
    return this.database.write('replace a secret', async (tx) => {
      await tx
        .insertInto('secrets')
        .values({ name, value })
        .onConflict((c) => c.column('name').doUpdateSet({ value }))
        .execute();
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
