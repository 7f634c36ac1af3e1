import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { JUMP_MS, type Moment } from './steady-clock.js';

/** Rules for halting a release automatically, and for how many devices may update at once (`firmware.*`). */
export interface RolloutRules {
  /**
   * A device that downloaded the release and then does not report for this long is assumed to be lost. Milliseconds.
   */
  readonly returnMs: number;
  /**
   * At least this share of the devices with a known outcome must have come back with the release, or it is halted. 0: a
   * release is never halted.
   */
  readonly returnShare: number;
  /** No release is halted before this many outcomes are known. */
  readonly returnMinDevices: number;
  /**
   * Maximum number of devices under way (offered the release, not back yet). Once more devices than this have come back
   * with the release, their number is the maximum.
   */
  readonly wave: number;
}

/** Number of devices for each outcome, since an operator last resumed the release. */
export interface RolloutOutcomes {
  /** Devices that came back with the release. */
  readonly confirmed: number;
  /**
   * Devices that downloaded the whole image and came back without the release, because it does not start or was not
   * accepted.
   */
  readonly returned: number;
  /** Devices that downloaded the whole image and did not report in time. */
  readonly silent: number;
  /** Devices that were offered the release and may still come back. */
  readonly underWay: number;
}

type Counted = Pick<FirmwareRelease, 'countedFromMs'>;

/**
 * Counts the outcomes at the given moment. Ignores downloads that ended before `countedFromMs`. A device counts as
 * silent only for the time in which the server could hear it, because a changed clock or a stopped server proves
 * nothing about the release.
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
    // A device that came back without the release counts as returned even during its second try.
    if (returnedMs !== undefined && returnedMs >= countedFromMs) {
      count.returned++;
      continue;
    }
    const took = downloadedMs !== undefined && downloadedMs >= countedFromMs;
    const lastMs = Math.max(offeredMs, downloadedMs ?? 0);
    // The recorded time is in the future, so the clock has been set back since.
    const sinceMs = lastMs - nowMs > JUMP_MS ? steadyFromMs : Math.max(lastMs, took ? steadyFromMs : 0);
    if (nowMs - sinceMs < returnMs) count.underWay++;
    else if (took) count.silent++;
  }
  return count;
}

/** Whether too few of the devices with a known outcome came back with the release. */
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
