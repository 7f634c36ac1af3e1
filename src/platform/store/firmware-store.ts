import type { Selectable } from 'kysely';
import type { Database } from './database.js';
import type { FirmwareInstall, FirmwareRelease, FirmwareStore } from './firmware-port.js';
import type { StoreSchema } from './schema.js';

/** The {@link FirmwareStore} on any {@link Database}. */
export class KyselyFirmwareStore implements FirmwareStore {
  constructor(private readonly database: Database) {}

  releases(): Promise<readonly FirmwareRelease[]> {
    return this.database.read('list firmware releases', async (db) =>
      (await db.selectFrom('firmware_releases').selectAll().orderBy('created_ms').orderBy('id').execute()).map(
        toRelease,
      ),
    );
  }

  putRelease(release: FirmwareRelease): Promise<void> {
    return this.database.write('keep a firmware release', async (tx) => {
      const row = toReleaseRow(release);
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
      const row = toInstallRow(install);
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
      ).map(toInstall),
    );
  }
}

function toReleaseRow(release: FirmwareRelease): StoreSchema['firmware_releases'] {
  const { id, board, version, sha256, share, state } = release;
  return {
    id,
    board,
    version,
    sha256,
    share,
    state,
    size_bytes: release.sizeBytes,
    chip: release.chip ?? null,
    elf_sha256: release.elfSha256 ?? null,
    file_name: release.fileName,
    device_ids: JSON.stringify(release.deviceIds),
    force: Number(release.force),
    reason: release.reason ?? null,
    created_ms: release.createdMs,
    counted_from_ms: release.countedFromMs,
  };
}

function toRelease(row: Selectable<StoreSchema['firmware_releases']>): FirmwareRelease {
  const { id, board, version, sha256, share, state } = row;
  return {
    id,
    board,
    version,
    sha256,
    share,
    state,
    sizeBytes: row.size_bytes,
    chip: row.chip ?? undefined,
    elfSha256: row.elf_sha256 ?? undefined,
    fileName: row.file_name,
    deviceIds: JSON.parse(row.device_ids) as string[],
    force: row.force !== 0,
    reason: row.reason ?? undefined,
    createdMs: row.created_ms,
    countedFromMs: row.counted_from_ms,
  };
}

function toInstallRow(install: FirmwareInstall): StoreSchema['firmware_installs'] {
  const { offers, downloads } = install;
  return {
    offers,
    downloads,
    release_id: install.releaseId,
    device_id: install.deviceId,
    from_version: install.fromVersion ?? null,
    offered_ms: install.offeredMs,
    downloaded_ms: install.downloadedMs ?? null,
    confirmed_ms: install.confirmedMs ?? null,
    returned_ms: install.returnedMs ?? null,
  };
}

function toInstall(row: Selectable<StoreSchema['firmware_installs']>): FirmwareInstall {
  const { offers, downloads } = row;
  return {
    offers,
    downloads,
    releaseId: row.release_id,
    deviceId: row.device_id,
    fromVersion: row.from_version ?? undefined,
    offeredMs: row.offered_ms,
    downloadedMs: row.downloaded_ms ?? undefined,
    confirmedMs: row.confirmed_ms ?? undefined,
    returnedMs: row.returned_ms ?? undefined,
  };
}
