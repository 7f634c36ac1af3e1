import type { Database } from './database.js';
import type { FirmwareInstall, FirmwareRelease, FirmwareStore } from './firmware-port.js';
import { fromRow, toRow } from './row-mapping.js';

export class KyselyFirmwareStore implements FirmwareStore {
  constructor(private readonly database: Database) {}

  releases(): Promise<readonly FirmwareRelease[]> {
    return this.database.read('list firmware releases', async (db) =>
      (await db.selectFrom('firmware_releases').selectAll().orderBy('created_ms').orderBy('id').execute()).map((row) =>
        fromRow<FirmwareRelease>(row, { deviceIds: 'json', force: 'flag' }),
      ),
    );
  }

  putRelease(release: FirmwareRelease): Promise<void> {
    return this.database.write('keep a firmware release', async (tx) => {
      const row = toRow(release);
      await tx
        .insertInto('firmware_releases')
        .values(row)
        .onConflict((c) => c.column('id').doUpdateSet(row))
        .execute();
    });
  }

  removeRelease(id: string): Promise<boolean> {
    return this.database.write('remove a firmware release', async (tx) => {
      await tx.deleteFrom('firmware_installs').where('release_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('firmware_releases').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  installs(releaseId: string): Promise<readonly FirmwareInstall[]> {
    return this.#installs('release_id', releaseId);
  }

  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]> {
    return this.#installs('device_id', deviceId);
  }

  putInstall(install: FirmwareInstall): Promise<void> {
    return this.database.write('note a firmware install', async (tx) => {
      const row = toRow(install);
      await tx
        .insertInto('firmware_installs')
        .values(row)
        .onConflict((c) => c.columns(['release_id', 'device_id']).doUpdateSet(row))
        .execute();
    });
  }

  #installs(column: 'release_id' | 'device_id', value: string): Promise<readonly FirmwareInstall[]> {
    return this.database.read('list firmware installs', async (db) =>
      (
        await db
          .selectFrom('firmware_installs')
          .selectAll()
          .where(column, '=', value)
          .orderBy('offered_ms')
          .orderBy('release_id')
          .orderBy('device_id')
          .execute()
      ).map((row) => fromRow<FirmwareInstall>(row, {})),
    );
  }
}
