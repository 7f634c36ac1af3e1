import { isNewerFirmware, isSameFirmware } from '../protocol/index.js';
import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { isConfirmed, isForcedOn, runs, type AskingDevice } from './offer.js';

export type InstallOutcome = 'confirmed' | 'returned';

/**
 * `returned` means that the device downloaded the release but does not run it. Returns undefined if nothing is new.
 * `installs` are the device's own, by release.
 */
export function outcomeOf(
  release: FirmwareRelease,
  device: AskingDevice,
  installs: ReadonlyMap<string, FirmwareInstall>,
  nowMs: number,
  returnMs: number,
): InstallOutcome | undefined {
  const install = installs.get(release.id);
  if (runs(device, release)) {
    // A forced release is confirmed even if the device got it elsewhere or before. Otherwise `force` would never end.
    if (isForcedOn(release, device.deviceId)) return isConfirmed(install, release) ? undefined : 'confirmed';
    return install && install.confirmedMs === undefined ? 'confirmed' : undefined;
  }
  if (install?.downloadedMs === undefined) return undefined;
  const { downloadedMs, confirmedMs, returnedMs, fromVersion } = install;
  if (confirmedMs !== undefined) {
    // The boot loader can roll back until the image is marked as good (docs/protocol.md 1.5). A device that reported
    // the release may therefore return with the old version.
    const before =
      device.version !== undefined && fromVersion !== undefined && isSameFirmware(device.version, fromVersion);
    // After a later download of another release, the old version is no failure of this one.
    const replaced = [...installs.values()].some((other) => (other.downloadedMs ?? 0) > confirmedMs);
    return before && !replaced && nowMs - confirmedMs < returnMs ? 'returned' : undefined;
  }
  if (returnedMs !== undefined && returnedMs >= downloadedMs) return undefined;
  const beyond = !release.force && device.version !== undefined && isNewerFirmware(release.version, device.version);
  return beyond ? 'confirmed' : 'returned';
}

export function afterOffer(
  install: FirmwareInstall | undefined,
  releaseId: string,
  device: AskingDevice,
  nowMs: number,
): FirmwareInstall {
  const before = install ?? blank(releaseId, device);
  return { ...before, offers: before.offers + 1, offeredMs: nowMs };
}

export function afterOutcome(
  install: FirmwareInstall | undefined,
  releaseId: string,
  device: AskingDevice,
  outcome: InstallOutcome,
  nowMs: number,
): FirmwareInstall {
  const before = install ?? { ...blank(releaseId, device), offeredMs: nowMs };
  return outcome === 'confirmed'
    ? { ...before, confirmedMs: nowMs, returnedMs: undefined }
    : { ...before, confirmedMs: undefined, returnedMs: nowMs };
}

/** Counts only downloads since an operator last resumed the release. */
export function afterDownload(
  install: FirmwareInstall,
  { countedFromMs }: Pick<FirmwareRelease, 'countedFromMs'>,
  nowMs: number,
): FirmwareInstall {
  const again = install.downloadedMs !== undefined && install.downloadedMs >= countedFromMs;
  return { ...install, downloads: again ? install.downloads + 1 : 1, downloadedMs: nowMs, confirmedMs: undefined };
}

function blank(releaseId: string, { deviceId, version }: AskingDevice): FirmwareInstall {
  return {
    releaseId,
    deviceId,
    fromVersion: version,
    offers: 0,
    offeredMs: 0,
    downloads: 0,
    downloadedMs: undefined,
    confirmedMs: undefined,
    returnedMs: undefined,
  };
}
