import { isNewerFirmware, isSameFirmware } from '../protocol/index.js';
import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { runs, type AskingDevice } from './offer.js';

export type InstallOutcome = 'confirmed' | 'returned';

/**
 * Determines from a device's OTA request what became of a release there. `confirmed`: the device runs the release, or
 * it downloaded the release and now runs a newer version. `returned`: the device downloaded all of it and came back
 * without it. Undefined: nothing new.
 */
export function outcomeOf(
  release: FirmwareRelease,
  device: AskingDevice,
  install: FirmwareInstall | undefined,
  nowMs: number,
  returnMs: number,
): InstallOutcome | undefined {
  if (runs(device, release)) {
    if (install) return install.confirmedMs === undefined ? 'confirmed' : undefined;
    // The device got the forced release from another source, so the release is no longer forced on it.
    return release.force && release.deviceIds.includes(device.deviceId) ? 'confirmed' : undefined;
  }
  if (install?.downloadedMs === undefined) return undefined;
  const { downloadedMs, confirmedMs, returnedMs, fromVersion } = install;
  if (confirmedMs !== undefined) {
    // A device that already reported the release may still come back with the old version. The boot loader can roll
    // back until the image is marked as good (docs/protocol.md 1.5).
    const before =
      device.version !== undefined && fromVersion !== undefined && isSameFirmware(device.version, fromVersion);
    return before && confirmedMs >= downloadedMs && nowMs - confirmedMs < returnMs ? 'returned' : undefined;
  }
  if (returnedMs !== undefined && returnedMs >= downloadedMs) return undefined;
  const beyond = !release.force && device.version !== undefined && isNewerFirmware(release.version, device.version);
  return beyond ? 'confirmed' : 'returned';
}

/** Returns the database row of a device after an offer. */
export function afterOffer(
  install: FirmwareInstall | undefined,
  releaseId: string,
  device: AskingDevice,
  nowMs: number,
): FirmwareInstall {
  const before = install ?? blank(releaseId, device);
  return { ...before, offers: before.offers + 1, offeredMs: nowMs };
}

/** Returns the database row of a device after an outcome. */
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

/**
 * Returns the database row of a device after a complete download. Only downloads since the release was last resumed by
 * an operator are counted.
 */
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
