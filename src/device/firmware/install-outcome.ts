import { isNewerFirmware, isSameFirmware } from '../protocol/index.js';
import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { runs, type AskingDevice } from './offer.js';

export type InstallOutcome = 'confirmed' | 'returned';

/** `returned` means that the device downloaded the release but does not run it. Returns undefined if nothing is new. */
export function outcomeOf(
  release: FirmwareRelease,
  device: AskingDevice,
  install: FirmwareInstall | undefined,
  nowMs: number,
  returnMs: number,
): InstallOutcome | undefined {
  if (runs(device, release)) {
    if (install) return install.confirmedMs === undefined ? 'confirmed' : undefined;
    // The device got the forced release elsewhere, so the release need not be forced any more.
    return release.force && release.deviceIds.includes(device.deviceId) ? 'confirmed' : undefined;
  }
  if (install?.downloadedMs === undefined) return undefined;
  const { downloadedMs, confirmedMs, returnedMs, fromVersion } = install;
  if (confirmedMs !== undefined) {
    // The boot loader can roll back until the image is marked as good (docs/protocol.md 1.5). A device that reported
    // the release may therefore return with the old version.
    const before =
      device.version !== undefined && fromVersion !== undefined && isSameFirmware(device.version, fromVersion);
    return before && confirmedMs >= downloadedMs && nowMs - confirmedMs < returnMs ? 'returned' : undefined;
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
