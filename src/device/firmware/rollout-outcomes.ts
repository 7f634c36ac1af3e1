import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { JUMP_MS, type Moment } from './steady-clock.js';

/** Rules for halting a release, and for how many devices may update at once (`firmware.*`). */
export interface RolloutRules {
  /** A device that is silent for this long after its download is assumed to be lost. */
  readonly returnMs: number;
  /** At least this share of the known outcomes must be `confirmed`. With 0, no release is ever halted. */
  readonly returnShare: number;
  /** No release is halted before this many outcomes are known. */
  readonly returnMinDevices: number;
  /**
   * Maximum number of devices that update at the same time. The limit grows to the number of devices that have come
   * back with the release.
   */
  readonly wave: number;
}

/** Number of devices for each outcome, since an operator last resumed the release. */
export interface RolloutOutcomes {
  /** Came back with the release. */
  readonly confirmed: number;
  /** Downloaded the whole image, but came back without the release. */
  readonly returned: number;
  /** Downloaded the whole image and did not report in time. */
  readonly silent: number;
  /** Were offered the release and may still come back. */
  readonly underWay: number;
}

type Counted = Pick<FirmwareRelease, 'countedFromMs'>;

/**
 * Ignores downloads and outcomes before `countedFromMs`. Stopping the server or setting the clock makes no device
 * silent.
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
    // A device counts as returned even during its second try.
    if (returnedMs !== undefined && returnedMs >= countedFromMs) {
      count.returned++;
      continue;
    }
    const took = downloadedMs !== undefined && downloadedMs >= countedFromMs;
    const lastMs = Math.max(offeredMs, downloadedMs ?? 0);
    // If the recorded time is in the future, the clock was set back.
    const sinceMs = lastMs - nowMs > JUMP_MS ? steadyFromMs : Math.max(lastMs, took ? steadyFromMs : 0);
    if (nowMs - sinceMs < returnMs) count.underWay++;
    else if (took) count.silent++;
  }
  return count;
}

export function mustHalt(
  { confirmed, returned, silent }: RolloutOutcomes,
  { returnShare, returnMinDevices }: RolloutRules,
): boolean {
  const known = confirmed + returned + silent;
  return known >= returnMinDevices && confirmed < returnShare * known;
}

export function hasRoom({ underWay, confirmed }: RolloutOutcomes, { wave }: RolloutRules): boolean {
  return underWay < Math.max(wave, confirmed);
}
