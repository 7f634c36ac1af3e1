import type { Readable } from 'node:stream';
import { asChorusError, sleep } from '../../core/index.js';
import type { FirmwareRelease } from '../../platform/store/index.js';
import { Downloads, type DownloadLimits } from './downloads.js';
import { afterOffer } from './install-outcome.js';
import { FirmwareFiles } from './files.js';
import { FirmwareLinks } from './links.js';
import { checkForce, newRelease, notesOn, type AddRequest, type ImageNote } from './new-release.js';
import { chooseRelease, judgeOffer, type AskingDevice, type Judgement } from './offer.js';
import { Releases } from './releases.js';
import { countOutcomes, hasRoom, type RolloutRules } from './rollout-outcomes.js';
import { Rollouts, type ReleaseReport, type RolloutsOptions } from './rollouts.js';
import { SteadyClock } from './steady-clock.js';

export interface FirmwareRules extends RolloutRules, DownloadLimits {}

export interface FirmwareOptions extends RolloutsOptions {
  readonly dataDir: string;
  /** 32 bytes as hex, from the store. They sign the addresses of downloads. */
  readonly secretHex: string;
  readonly rules: () => FirmwareRules;
}

export interface FirmwareOffer {
  readonly version: string;
  /** The end of the address, after `xiaozhi/firmware/`. */
  readonly link: string;
  readonly force: boolean;
}

export interface RollOut {
  readonly share?: number | undefined;
  readonly deviceIds?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
}

export interface FirmwareDownload {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly stream: Readable;
  /** Call this when all bytes have been sent. */
  done(): Promise<void>;
}

/** A device that does not come back sends no request, and another server may add a release, so a timer is needed. */
const WATCH_MS = 30_000;

/** Accepts, offers and sends firmware releases, and halts bad ones. */
export class Firmware {
  readonly #files: FirmwareFiles;
  readonly #links: FirmwareLinks;
  readonly #downloads: Downloads;
  readonly #steady: SteadyClock;
  readonly #rollouts: Rollouts;

  private constructor(
    private readonly options: FirmwareOptions,
    private readonly releases: Releases,
  ) {
    const { dataDir, secretHex, rules, clock } = options;
    this.#files = new FirmwareFiles(dataDir);
    this.#links = new FirmwareLinks(secretHex, clock);
    this.#downloads = new Downloads(rules, clock);
    this.#steady = new SteadyClock(clock);
    this.#rollouts = new Rollouts(options, releases, this.#files, this.#steady);
  }

  /** Error: `store.*`. */
  static async open(options: FirmwareOptions): Promise<Firmware> {
    return new Firmware(options, await Releases.open(options.store));
  }

  /** Errors: `firmware.invalid`, `firmware.exists`, `firmware.force_needs_devices`, `data.*`, `store.*`. */
  async add(
    bytes: AsyncIterable<Uint8Array>,
    request: AddRequest,
  ): Promise<{ readonly report: ReleaseReport; readonly notes: readonly ImageNote[] }> {
    const received = await this.#files.receive(bytes);
    try {
      return await this.releases.inTurn(async () => {
        const release = newRelease(received, request, this.releases.all, this.options.clock.wallMs());
        await received.keep();
        await this.releases.put(release);
        this.options.log.info('firmware added', {
          id: release.id,
          board: release.board,
          version: release.version,
          bytes: release.sizeBytes,
        });
        return { report: await this.#rollouts.report(release), notes: notesOn(received) };
      });
    } finally {
      await received.drop();
    }
  }

  /** Newest first. */
  async list(): Promise<readonly ReleaseReport[]> {
    return Promise.all([...this.releases.all].reverse().map((release) => this.#rollouts.report(release)));
  }

  /**
   * Offers a release to more devices, or again after a pause or a halt. After a halt or with a new `force`, earlier
   * outcomes do not count. Errors: `firmware.unknown`, `firmware.force_needs_devices`.
   */
  rollOut(id: string, change: RollOut): Promise<ReleaseReport> {
    return this.releases.inTurn(async () => {
      const release = this.releases.getOrThrow(id);
      const next = {
        ...release,
        share: change.share ?? release.share,
        deviceIds: change.deviceIds ?? release.deviceIds,
        force: change.force ?? release.force,
      };
      checkForce(next.force, next.deviceIds);
      const anew = release.state === 'halted' || change.force === true;
      this.options.log.info('firmware rolled out', {
        id,
        share: next.share,
        devices: next.deviceIds.length,
        force: next.force,
      });
      return this.#rollouts.report(
        await this.releases.put({
          ...next,
          state: 'offered',
          reason: undefined,
          ...(anew && { countedFromMs: this.options.clock.wallMs() }),
        }),
      );
    });
  }

  /** Devices that were already offered the release can no longer download it. Error: `firmware.unknown`. */
  pause(id: string): Promise<ReleaseReport> {
    return this.releases.inTurn(async () => {
      const release = this.releases.getOrThrow(id);
      this.options.log.info('firmware paused', { id });
      return this.#rollouts.report(
        release.state === 'offered' ? await this.releases.put({ ...release, state: 'paused' }) : release,
      );
    });
  }

  /** Error: `firmware.unknown`. */
  remove(id: string): Promise<void> {
    return this.releases.inTurn(async () => {
      const { sha256 } = this.releases.getOrThrow(id);
      await this.releases.remove(id);
      // Another board's release may use the same image.
      if (!this.releases.all.some((other) => other.sha256 === sha256)) await this.#files.remove(sha256);
      this.options.log.info('firmware removed', { id });
    });
  }

  /** Records earlier outcomes, too. Returns undefined if there is no update. Errors: `store.*`, `data.disk_full`. */
  async offer(device: AskingDevice): Promise<FirmwareOffer | undefined> {
    if (this.releases.for(device.board).length === 0) return undefined;
    return this.releases.inTurn(async () => {
      const installs = new Map(
        (await this.options.store.installsOf(device.deviceId)).map((install) => [install.releaseId, install]),
      );
      for (const release of this.releases.for(device.board))
        await this.#rollouts.noteOutcome(release, device, installs);
      const releases = this.releases.for(device.board);
      const chosen = chooseRelease(
        releases.flatMap((release) => {
          const judgement = judgeOffer(release, device, installs.get(release.id), true, releases);
          return judgement.offer ? [{ release, force: judgement.force }] : [];
        }),
      );
      if (!chosen) return undefined;
      const { release, force } = chosen;
      if (!(await this.#rollouts.mayOffer(release, device.deviceId))) return undefined;
      await this.options.store.putInstall(
        afterOffer(installs.get(release.id), release.id, device, this.options.clock.wallMs()),
      );
      this.#rollouts.count('offered');
      this.options.log.info('firmware offered', {
        deviceId: device.deviceId,
        id: release.id,
        version: release.version,
        from: device.version,
        force,
      });
      return { version: release.version, link: this.#links.issue(release.id, device.deviceId), force };
    });
  }

  /** Judges every release for the device's board, newest first. Changes nothing. */
  async judge(
    device: AskingDevice,
  ): Promise<readonly { readonly release: FirmwareRelease; readonly judgement: Judgement }[]> {
    const { store, rules } = this.options;
    const releases = this.releases.for(device.board);
    const judged = releases.map(async (release) => {
      const installs = await store.installs(release.id);
      const others = installs.filter(({ deviceId }) => deviceId !== device.deviceId);
      const room = hasRoom(countOutcomes(others, release, this.#steady.look(), rules()), rules());
      return {
        release,
        judgement: judgeOffer(
          release,
          device,
          installs.find(({ deviceId }) => deviceId === device.deviceId),
          room,
          releases,
        ),
      };
    });
    return (await Promise.all(judged)).reverse();
  }

  /** Returns undefined if the address is invalid or has expired. */
  linkedDevice(releaseId: string, ticket: string): string | undefined {
    return this.#links.open(releaseId, ticket);
  }

  /** Resolves with undefined if the release is no longer offered. Errors: `capacity.*`, or the signal's reason. */
  async download(releaseId: string, deviceId: string, signal: AbortSignal): Promise<FirmwareDownload | undefined> {
    const release = this.releases.find(releaseId);
    if (release?.state !== 'offered' || !(await this.#rollouts.hasImage(release))) return undefined;
    const { sha256, sizeBytes } = release;
    const stream = await this.#downloads.start(deviceId, sizeBytes, () => this.#files.open(sha256), signal);
    return { sha256, sizeBytes, stream, done: () => this.#rollouts.recordDownload(releaseId, deviceId) };
  }

  /** Halts a release when too few devices have come back with it. Rejects with the signal's reason. */
  async watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, WATCH_MS, signal);
      const look = this.releases.inTurn(async () => {
        for (const release of this.releases.all)
          if (release.state === 'offered') await this.#rollouts.haltIfDue(release);
      });
      await look.catch((error: unknown) => {
        if (this.releases.all.length === 0) return;
        this.options.log.warn('firmware releases could not be checked', {
          problem: 'firmware.not_looked_at',
          code: asChorusError(error, 'store.failed').code,
        });
      });
    }
  }
}
