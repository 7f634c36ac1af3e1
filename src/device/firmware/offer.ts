import { createHash } from 'node:crypto';
import { isNewerFirmware, isSameFirmware } from '../protocol/index.js';
import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';

/** What a device says about itself in an OTA request. */
export interface AskingDevice {
  readonly deviceId: string;
  readonly board: string | undefined;
  /** Dotted integers. Undefined if the device sent no such version. */
  readonly version: string | undefined;
  readonly chip: string | undefined;
  /** 64 hexadecimal digits. */
  readonly elfSha256: string | undefined;
  /** Size of the device's update slot, in bytes. */
  readonly slotBytes: number | undefined;
}

/** Why a device is not offered a release, in the order of the checks. */
export type NoOffer =
  | 'other_board'
  | 'has_it'
  | 'paused'
  | 'halted'
  | 'not_chosen'
  | 'other_chip'
  | 'too_large'
  | 'version_unknown'
  | 'not_newer'
  | 'put_back'
  | 'gave_up'
  | 'others_under_way';

export type Judgement =
  | { readonly offer: true; readonly force: boolean }
  | { readonly offer: false; readonly because: NoOffer };

/** A device is given up after this many complete downloads. Otherwise the device would restart for ever. */
export const TRIES = 2;

/** Compares the hashes of the program if both are known, otherwise the versions. */
export function runs(
  device: Pick<AskingDevice, 'version' | 'elfSha256'>,
  release: Pick<FirmwareRelease, 'version' | 'elfSha256'>,
): boolean {
  if (device.elfSha256 !== undefined && release.elfSha256 !== undefined) return device.elfSha256 === release.elfSha256;
  return device.version !== undefined && isSameFirmware(device.version, release.version);
}

export function isChosen(release: Pick<FirmwareRelease, 'id' | 'deviceIds' | 'share'>, deviceId: string): boolean {
  return release.deviceIds.includes(deviceId) || placeOf(release.id, deviceId) < release.share;
}

export function isForcedOn(release: Pick<FirmwareRelease, 'force' | 'deviceIds'>, deviceId: string): boolean {
  return release.force && release.deviceIds.includes(deviceId);
}

/** Whether the device came back with the release since an operator last resumed or forced it. */
export function isConfirmed(
  install: FirmwareInstall | undefined,
  { countedFromMs }: Pick<FirmwareRelease, 'countedFromMs'>,
): boolean {
  return install?.confirmedMs !== undefined && install.confirmedMs >= countedFromMs;
}

/** An operator put another release on the device by name after adding this one. A share must not undo that. */
function isPutBack(release: FirmwareRelease, device: AskingDevice, others: readonly FirmwareRelease[]): boolean {
  const named = (one: FirmwareRelease): boolean => one.deviceIds.includes(device.deviceId);
  return (
    !named(release) &&
    others.some((other) => named(other) && other.countedFromMs > release.createdMs && runs(device, other))
  );
}

/** Complete downloads of the device since an operator last resumed the release. */
export function triesOf(
  install: FirmwareInstall | undefined,
  { countedFromMs }: Pick<FirmwareRelease, 'countedFromMs'>,
): number {
  return install?.downloadedMs !== undefined && install.downloadedMs >= countedFromMs ? install.downloads : 0;
}

/**
 * A device is never offered a release that it runs, and an older release only by `force`. `room` means that one more
 * device may update. `others` are the releases for the device's board.
 */
export function judgeOffer(
  release: FirmwareRelease,
  device: AskingDevice,
  install: FirmwareInstall | undefined,
  room: boolean,
  others: readonly FirmwareRelease[],
): Judgement {
  if (device.board !== release.board) return no('other_board');
  if (runs(device, release)) return no('has_it');
  if (release.state !== 'offered') return no(release.state);
  if (!isChosen(release, device.deviceId)) return no('not_chosen');
  if (device.chip !== undefined && release.chip !== undefined && device.chip !== release.chip) return no('other_chip');
  if (device.slotBytes !== undefined && release.sizeBytes > device.slotBytes) return no('too_large');
  const force = isForcedOn(release, device.deviceId) && !isConfirmed(install, release);
  if (!force) {
    if (device.version === undefined) return no('version_unknown');
    if (!isNewerFirmware(device.version, release.version)) return no('not_newer');
    if (isPutBack(release, device, others)) return no('put_back');
  }
  if (triesOf(install, release) >= TRIES) return no('gave_up');
  return room ? { offer: true, force } : no('others_under_way');
}

function no(because: NoOffer): Judgement {
  return { offer: false, because };
}

/** A forced release wins, otherwise the newest version. Of equal versions, the last added wins. */
export function chooseRelease<T extends { readonly release: FirmwareRelease; readonly force: boolean }>(
  candidates: readonly T[],
): T | undefined {
  let best: T | undefined;
  for (const candidate of candidates) if (!best || goesBefore(candidate, best)) best = candidate;
  return best;
}

function goesBefore(a: { readonly release: FirmwareRelease; readonly force: boolean }, b: typeof a): boolean {
  if (a.force !== b.force) return a.force;
  if (!isSameFirmware(a.release.version, b.release.version))
    return isNewerFirmware(b.release.version, a.release.version);
  return a.release.createdMs >= b.release.createdMs;
}

/** 12 hexadecimal digits are 48 bits, which a double represents exactly. */
const HASH_HEX_DIGITS = 12;
const HASH_RANGE = 2 ** 48;

/**
 * A device's place in a rollout, from 0 to below 1. The place differs between releases, so that no device is always
 * first. A device gets the release if its place is below the share. A larger share therefore only adds devices.
 */
export function placeOf(releaseId: string, deviceId: string): number {
  const digits = createHash('sha256').update(`${releaseId}|${deviceId}`).digest('hex').slice(0, HASH_HEX_DIGITS);
  return Number.parseInt(digits, 16) / HASH_RANGE;
}
