import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { JUMP_MS, type Moment } from './steady-clock.js';

/** When a release is taken back by itself, and how many devices may be under way with it (`firmware.*`). */
export interface ReturnRules {
  /** A device that has taken the release and is not heard of for so long has not come back. Milliseconds. */
  readonly returnMs: number;
  /** Of those whose fate is known, the share that must have come back with it; 0: it is never halted. */
  readonly returnShare: number;
  /** How many fates must be known before anything is concluded from them. */
  readonly returnMinDevices: number;
  /** Devices that may be between the offer and their coming back; once more of them have come back, as many as those. */
  readonly wave: number;
}

/** What became of a release, since a person last let it go on. */
export interface Returns {
  /** Came back with it. */
  readonly confirmed: number;
  /** Took all of it and came back without: the image does not start, or was not accepted. */
  readonly returned: number;
  /** Took all of it and were not heard of in time. */
  readonly silent: number;
  /** Were offered it, and may still be heard of. */
  readonly underWay: number;
}

type Counted = Pick<FirmwareRelease, 'countedFromMs'>;

/**
 * Counts fates at that moment. A download that ended before `countedFromMs` is nobody's fault any more. That a device was silent is only counted from
 * when it could be heard: of a clock that was set, or a server that was away, nothing follows for the release.
 */
export function countReturns(
  installs: readonly FirmwareInstall[],
  { countedFromMs }: Counted,
  { nowMs, steadyFromMs }: Moment,
  { returnMs }: Pick<ReturnRules, 'returnMs'>,
): Returns {
  const count = { confirmed: 0, returned: 0, silent: 0, underWay: 0 };
  for (const { offeredMs, downloadedMs, confirmedMs, returnedMs } of installs) {
    if (confirmedMs !== undefined) {
      if (confirmedMs >= countedFromMs) count.confirmed++;
      continue;
    }
    // Also while it tries a second time: only that it came back with it is an answer to that.
    if (returnedMs !== undefined && returnedMs >= countedFromMs) {
      count.returned++;
      continue;
    }
    const took = downloadedMs !== undefined && downloadedMs >= countedFromMs;
    const lastMs = Math.max(offeredMs, downloadedMs ?? 0);
    // What lies ahead was noted before the clock was set back.
    const sinceMs = lastMs - nowMs > JUMP_MS ? steadyFromMs : Math.max(lastMs, took ? steadyFromMs : 0);
    if (nowMs - sinceMs < returnMs) count.underWay++;
    else if (took) count.silent++;
  }
  return count;
}

/** Too few of those that took it came back with it. */
export function mustHalt(
  { confirmed, returned, silent }: Returns,
  { returnShare, returnMinDevices }: ReturnRules,
): boolean {
  const known = confirmed + returned + silent;
  return known >= returnMinDevices && confirmed < returnShare * known;
}

/** Whether one more device may be sent on its way. */
export function hasRoom({ underWay, confirmed }: Returns, { wave }: ReturnRules): boolean {
  return underWay < Math.max(wave, confirmed);
}
