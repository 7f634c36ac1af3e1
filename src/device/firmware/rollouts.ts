import { ChorusError, type Clock, type Logger, type Metrics } from '../../core/index.js';
import type { FirmwareInstall, FirmwareRelease, FirmwareStore } from '../../platform/store/index.js';
import type { FirmwareFiles } from './files.js';
import { afterDownload, afterOutcome, outcomeOf } from './install-outcome.js';
import { isConfirmed, type AskingDevice } from './offer.js';
import type { Releases } from './releases.js';
import { countOutcomes, hasRoom, mustHalt, type RolloutOutcomes, type RolloutRules } from './rollout-outcomes.js';
import type { SteadyClock } from './steady-clock.js';

export interface ReleaseReport {
  readonly release: FirmwareRelease;
  /** Outcomes since an operator last resumed the release. */
  readonly outcomes: RolloutOutcomes;
  /** Number of devices to which the release was ever offered. */
  readonly offered: number;
  /** Number of devices whose installation counts as confirmed now. */
  readonly confirmed: number;
}

export interface RolloutsOptions {
  readonly store: FirmwareStore;
  /** Called at each use, because the rules may change. */
  readonly rules: () => RolloutRules;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Records outcomes, limits how many devices update at once, and halts bad releases. Callers run `noteOutcome`,
 * `mayOffer` and `haltIfDue` inside `Releases.inTurn`.
 */
export class Rollouts {
  constructor(
    private readonly options: RolloutsOptions,
    private readonly releases: Releases,
    private readonly files: FirmwareFiles,
    private readonly steady: SteadyClock,
  ) {}

  /** Adds a new outcome to the store and to `installs`. May halt the release or end its `force`. */
  async noteOutcome(
    release: FirmwareRelease,
    device: AskingDevice,
    installs: Map<string, FirmwareInstall>,
  ): Promise<void> {
    const { store, clock, log, rules } = this.options;
    const before = installs.get(release.id);
    // The clock may have been set back, but an outcome must not precede the event that led to it.
    const nowMs = Math.max(clock.wallMs(), release.countedFromMs, before?.downloadedMs ?? 0);
    const outcome = outcomeOf(release, device, installs, nowMs, rules().returnMs);
    if (!outcome) return;
    const install = afterOutcome(before, release.id, device, outcome, nowMs);
    await store.putInstall(install);
    installs.set(release.id, install);
    this.count(outcome);
    const about = { deviceId: device.deviceId, id: release.id, version: release.version, runs: device.version };
    if (outcome === 'confirmed') log.info('firmware installed', about);
    else log.warn('a device took a firmware and came back without it', { problem: 'firmware.came_back', ...about });
    if (outcome === 'returned') await this.haltIfDue(release);
    else if (release.force) await this.#endForce(release);
  }

  async mayOffer(release: FirmwareRelease, deviceId: string): Promise<boolean> {
    const { store, log, rules } = this.options;
    if (!(await this.hasImage(release))) return false;
    const installs = await store.installs(release.id);
    if (await this.haltIfDue(release, installs)) return false;
    const others = installs.filter((install) => install.deviceId !== deviceId);
    if (hasRoom(countOutcomes(others, release, this.steady.look(), rules()), rules())) return true;
    log.info('firmware held back until those under way have come back', { deviceId, id: release.id });
    return false;
  }

  /** Logs an error if the image is missing. */
  async hasImage({ id, sha256, sizeBytes }: FirmwareRelease): Promise<boolean> {
    const there = await this.files.has(sha256, sizeBytes);
    if (!there)
      this.options.log.error('a firmware image is missing in the data folder', {
        problem: 'firmware.image_missing',
        id,
        file: `firmware/${sha256}.bin`,
      });
    return there;
  }

  /** Returns whether the release was halted. */
  async haltIfDue(release: FirmwareRelease, known?: readonly FirmwareInstall[]): Promise<boolean> {
    const { store, rules, log } = this.options;
    const outcomes = countOutcomes(known ?? (await store.installs(release.id)), release, this.steady.look(), rules());
    if (!mustHalt(outcomes, rules())) return false;
    const { confirmed, returned, silent } = outcomes;
    const reason =
      `of ${confirmed + returned + silent} devices that took it, ${confirmed} came back with ` +
      `it, ${returned} without it, and ${silent} not at all`;
    await this.releases.put({ ...release, state: 'halted', reason });
    this.count('halted');
    log.error('firmware halted', {
      error: new ChorusError(
        'firmware.halted',
        `firmware ${release.version} for ${release.board} (${release.id}) was halted: ${reason}`,
        { details: { id: release.id, board: release.board, version: release.version, confirmed, returned, silent } },
      ),
    });
    return true;
  }

  async recordDownload(releaseId: string, deviceId: string): Promise<void> {
    const { store, clock, log } = this.options;
    await this.releases.inTurn(async () => {
      const release = this.releases.find(releaseId);
      const install = (await store.installs(releaseId)).find((one) => one.deviceId === deviceId);
      if (!release || !install) return;
      await store.putInstall(afterDownload(install, release, Math.max(clock.wallMs(), release.countedFromMs)));
      this.count('downloaded');
      log.info('firmware downloaded', { deviceId, id: releaseId });
    });
  }

  async report(release: FirmwareRelease): Promise<ReleaseReport> {
    const installs = await this.options.store.installs(release.id);
    return {
      release,
      outcomes: countOutcomes(installs, release, this.steady.look(), this.options.rules()),
      offered: installs.filter(({ offers }) => offers > 0).length,
      confirmed: installs.filter(({ confirmedMs }) => confirmedMs !== undefined).length,
    };
  }

  /** Ends `force` once all named devices have the release. */
  async #endForce(release: FirmwareRelease): Promise<void> {
    const installs = await this.options.store.installs(release.id);
    const has = new Set(installs.filter((one) => isConfirmed(one, release)).map(({ deviceId }) => deviceId));
    if (release.deviceIds.every((deviceId) => has.has(deviceId))) await this.releases.put({ ...release, force: false });
  }

  count(result: 'offered' | 'downloaded' | 'confirmed' | 'returned' | 'halted'): void {
    this.options.metrics.count('chorus_firmware_total', { result });
  }
}
