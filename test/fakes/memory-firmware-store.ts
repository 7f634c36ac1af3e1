import type { FirmwareInstall, FirmwareRelease, FirmwareStore } from '../../src/platform/store/index.js';

export class MemoryFirmwareStore implements FirmwareStore {
  readonly #releases = new Map<string, FirmwareRelease>();
  readonly #installs = new Map<string, FirmwareInstall>();

  releases(): Promise<readonly FirmwareRelease[]> {
    return Promise.resolve([...this.#releases.values()].toSorted((a, b) => a.createdMs - b.createdMs));
  }
  putRelease(release: FirmwareRelease): Promise<void> {
    this.#releases.set(release.id, release);
    return Promise.resolve();
  }
  removeRelease(id: string): Promise<boolean> {
    for (const [key, install] of this.#installs) if (install.releaseId === id) this.#installs.delete(key);
    return Promise.resolve(this.#releases.delete(id));
  }
  installs(releaseId: string): Promise<readonly FirmwareInstall[]> {
    return Promise.resolve([...this.#installs.values()].filter((install) => install.releaseId === releaseId));
  }
  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]> {
    return Promise.resolve([...this.#installs.values()].filter((install) => install.deviceId === deviceId));
  }
  putInstall(install: FirmwareInstall): Promise<void> {
    this.#installs.set(`${install.releaseId} ${install.deviceId}`, install);
    return Promise.resolve();
  }
}
