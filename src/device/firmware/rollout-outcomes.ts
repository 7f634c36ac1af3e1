import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { JUMP_MS, type Moment } from './steady-clock.js';

/** Rules for halting a release automatically, and for the number of devices under way (`firmware.*`). */
export interface RolloutRules {
  /** A device that took the release and was silent for this long counts as lost. Milliseconds. */
  readonly returnMs: number;
  /**
   * Share of the devices with a known outcome that must have come back with the release; 0: a release is never halted.
   */
  readonly returnShare: number;
  /** Outcomes that must be known before a conclusion. */
  readonly returnMinDevices: number;
  /**
   * Devices that may be under way (offered, not back yet). Once more devices than this have come back with the release,
   * that many may be under way.
   */
  readonly wave: number;
}

/** Devices by outcome, since an operator last resumed the release. */
export interface RolloutOutcomes {
  /** Devices that came back with the release. */
  readonly confirmed: number;
  /**
   * Devices that downloaded the whole image and came back without the release: the image does not start, or was not
   * accepted.
   */
  readonly returned: number;
  /** Devices that downloaded the whole image and did not report in time. */
  readonly silent: number;
  /** Devices that were offered the release, and may still report. */
  readonly underWay: number;
}

type Counted = Pick<FirmwareRelease, 'countedFromMs'>;

/**
 * Counts outcomes at that moment. A download that ended before `countedFromMs` does not count. Silence counts only
 * while the server could hear the device: a set clock or a stopped server proves nothing about the release.
 */
export function countOutcomes(
  installs: readonly FirmwareInstall[],
  { countedFromMs }: Counted,
  { nowMs, steadyFromMs }: Moment,
  { returnMs }: Pick<RolloutRules, 'returnMs'>,
): RolloutOutcomes {
  const count = { confirmed: 0, returned: 0, silent: 0, underWay: 0 };
  for (const { offeredMs, downloadedMs, confirmedMs, returnedMs } of installs) {
    if (confirmedMs !== undefined) {
      if (confirmedMs >= countedFromMs) count.confirmed++;
      continue;
    }
    // The device also counts as returned during its second try, until it comes back with the release.
    if (returnedMs !== undefined && returnedMs >= countedFromMs) {
      count.returned++;
      continue;
    }
    const took = downloadedMs !== undefined && downloadedMs >= countedFromMs;
    const lastMs = Math.max(offeredMs, downloadedMs ?? 0);
    // A time in the future was noted before the clock was set back.
    const sinceMs = lastMs - nowMs > JUMP_MS ? steadyFromMs : Math.max(lastMs, took ? steadyFromMs : 0);
    if (nowMs - sinceMs < returnMs) count.underWay++;
    else if (took) count.silent++;
  }
  return count;
}

/** Whether too few of the devices that downloaded the release came back with it. */
export function mustHalt(
  { confirmed, returned, silent }: RolloutOutcomes,
  { returnShare, returnMinDevices }: RolloutRules,
): boolean {
  const known = confirmed + returned + silent;
  return known >= returnMinDevices && confirmed < returnShare * known;
}

/** Whether one more device may be offered the release. */
export function hasRoom({ underWay, confirmed }: RolloutOutcomes, { wave }: RolloutRules): boolean {
  return underWay < Math.max(wave, confirmed);
}
