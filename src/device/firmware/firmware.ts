import type { Readable } from 'node:stream';
import { asChorusError, ChorusError, sleep, type Clock, type Logger, type Metrics } from '../../core/index.js';
import type { FirmwareInstall, FirmwareRelease, FirmwareStore } from '../../platform/store/index.js';
import { ReleaseBook } from './releases.js';
import { Downloads, type DownloadLimits } from './downloads.js';
import { afterDownload, afterFate, afterOffer, fateOf } from './install-outcome.js';
import { FirmwareFiles } from './files.js';
import { FirmwareLinks } from './links.js';
import { checkForce, newRelease, notesOn, type AddRequest, type ImageNote } from './new-release.js';
import { chooseRelease, judgeOffer, type AskingDevice, type Judgement } from './offer.js';
import { countReturns, hasRoom, mustHalt, type ReturnRules, type Returns } from './rollout-outcomes.js';
import { SteadyClock } from './steady-clock.js';

export interface FirmwareRules extends ReturnRules, DownloadLimits {}

export interface FirmwareOptions {
  readonly store: FirmwareStore;
  readonly dataDir: string;
  /** 32 bytes of the store, as hex: signs the addresses of downloads. */
  readonly secretHex: string;
  /** Asked each time: they may change while the server runs. */
  readonly rules: () => FirmwareRules;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What a device is to install. */
export interface FirmwareOffer {
  readonly version: string;
  /** What follows `xiaozhi/firmware/` in the address. */
  readonly link: string;
  readonly force: boolean;
}

/** A release, and what became of it. */
export interface ReleaseReport {
  readonly release: FirmwareRelease;
  /** Since a person last let it go on. */
  readonly returns: Returns;
  /** Ever. */
  readonly offered: number;
  readonly confirmed: number;
}

export interface RollOut {
  readonly share?: number | undefined;
  readonly deviceIds?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
}

/** The bytes of a release on their way to a device. */
export interface FirmwareDownload {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly stream: Readable;
  /** All bytes have gone out. */
  done(): Promise<void>;
}

/** How often releases are looked at without a device asking: that one does not come back is no event. */
const WATCH_MS = 30_000;

/** Firmware releases: which device is offered what, what becomes of it, and that a bad one stops by itself. */
export class Firmware {
  readonly #files: FirmwareFiles;
  readonly #links: FirmwareLinks;
  readonly #downloads: Downloads;
  readonly #steady: SteadyClock;

  private constructor(
    private readonly options: FirmwareOptions,
    private readonly book: ReleaseBook,
  ) {
    const { dataDir, secretHex, rules, clock } = options;
    this.#files = new FirmwareFiles(dataDir);
    this.#links = new FirmwareLinks(secretHex, clock);
    this.#downloads = new Downloads(rules, clock);
    this.#steady = new SteadyClock(clock);
  }

  /** Error: `store.*`. */
  static async open(options: FirmwareOptions): Promise<Firmware> {
    return new Firmware(options, await ReleaseBook.open(options.store));
  }

  /** Takes in an image. Errors: `firmware.invalid`, `firmware.exists`, `firmware.force_needs_devices`, `data.*`, `store.*`. */
  async add(
    bytes: AsyncIterable<Uint8Array>,
    request: AddRequest,
  ): Promise<{ readonly report: ReleaseReport; readonly notes: readonly ImageNote[] }> {
    const received = await this.#files.receive(bytes);
    try {
      return await this.book.inTurn(async () => {
        const release = newRelease(received, request, this.book.all, this.options.clock.wallMs());
        await received.keep();
        await this.book.put(release);
        this.options.log.info('firmware added', {
          id: release.id,
          board: release.board,
          version: release.version,
          bytes: release.sizeBytes,
        });
        return { report: await this.#report(release), notes: notesOn(received) };
      });
    } finally {
      await received.drop();
    }
  }

  /** Newest first. */
  async list(): Promise<readonly ReleaseReport[]> {
    return Promise.all([...this.book.all].reverse().map((release) => this.#report(release)));
  }

  /** Offers it to others, or again. What happened before it was halted, or forced anew, no longer counts. Errors: `firmware.unknown`, `firmware.force_needs_devices`. */
  rollOut(id: string, change: RollOut): Promise<ReleaseReport> {
    return this.book.inTurn(async () => {
      const release = this.book.demand(id);
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
      return this.#report(
        await this.book.put({
          ...next,
          state: 'offered',
          reason: undefined,
          ...(anew && { countedFromMs: this.options.clock.wallMs() }),
        }),
      );
    });
  }

  /** Nobody is offered it, and nobody who was told of it before gets it. Error: `firmware.unknown`. */
  pause(id: string): Promise<ReleaseReport> {
    return this.book.inTurn(async () => {
      const release = this.book.demand(id);
      this.options.log.info('firmware paused', { id });
      return this.#report(release.state === 'offered' ? await this.book.put({ ...release, state: 'paused' }) : release);
    });
  }

  /** Error: `firmware.unknown`. */
  remove(id: string): Promise<void> {
    return this.book.inTurn(async () => {
      const { sha256 } = this.book.demand(id);
      await this.book.remove(id);
      // Two boards may have the same image.
      if (!this.book.all.some((other) => other.sha256 === sha256)) await this.#files.remove(sha256);
      this.options.log.info('firmware removed', { id });
    });
  }

  /** Notes what the request tells of earlier offers, and says what the device is to install; mostly nothing. Errors: `store.*`, `data.disk_full`. */
  async offer(device: AskingDevice): Promise<FirmwareOffer | undefined> {
    if (this.book.for(device.board).length === 0) return undefined;
    return this.book.inTurn(async () => {
      const installs = new Map(
        (await this.options.store.installsOf(device.deviceId)).map((install) => [install.releaseId, install]),
      );
      for (const release of this.book.for(device.board)) await this.#noteFate(release, device, installs);
      const chosen = chooseRelease(
        this.book.for(device.board).flatMap((release) => {
          const judgement = judgeOffer(release, device, installs.get(release.id), true);
          return judgement.offer ? [{ release, force: judgement.force }] : [];
        }),
      );
      if (!chosen) return undefined;
      const { release, force } = chosen;
      if (!(await this.#mayGo(release, device.deviceId))) return undefined;
      await this.options.store.putInstall(
        afterOffer(installs.get(release.id), release.id, device, this.options.clock.wallMs()),
      );
      this.#count('offered');
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

  /** For people: each release of the device's board, and whether it would be offered it now. Newest first. */
  async judge(
    device: AskingDevice,
  ): Promise<readonly { readonly release: FirmwareRelease; readonly judgement: Judgement }[]> {
    const { store, rules } = this.options;
    const judged = this.book.for(device.board).map(async (release) => {
      const installs = await store.installs(release.id);
      const others = installs.filter(({ deviceId }) => deviceId !== device.deviceId);
      const room = hasRoom(countReturns(others, release, this.#steady.look(), rules()), rules());
      return {
        release,
        judgement: judgeOffer(
          release,
          device,
          installs.find(({ deviceId }) => deviceId === device.deviceId),
          room,
        ),
      };
    });
    return (await Promise.all(judged)).reverse();
  }

  /** The device for which an address was made; undefined: none, or its time is over. */
  linkedDevice(releaseId: string, ticket: string): string | undefined {
    return this.#links.open(releaseId, ticket);
  }

  /**
   * Begins the download of a release by a device that {@link linkedDevice} named. Undefined: it is not offered any more. Errors:
   * `capacity.*` when too many download, or the reason of the signal.
   */
  async download(releaseId: string, deviceId: string, signal: AbortSignal): Promise<FirmwareDownload | undefined> {
    const release = this.book.find(releaseId);
    if (release?.state !== 'offered' || !(await this.#isThere(release))) return undefined;
    const { sha256, sizeBytes } = release;
    const stream = await this.#downloads.start(deviceId, sizeBytes, () => this.#files.open(sha256), signal);
    return { sha256, sizeBytes, stream, done: () => this.#downloaded(releaseId, deviceId) };
  }

  /** Looks at every release now and then, until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, WATCH_MS, signal);
      const look = this.book.inTurn(async () => {
        for (const release of this.book.all) if (release.state === 'offered') await this.#haltWhereDue(release);
      });
      await look.catch((error: unknown) =>
        this.options.log.warn('firmware releases could not be looked at', {
          code: asChorusError(error, 'store.failed').code,
        }),
      );
    }
  }

  async #noteFate(
    release: FirmwareRelease,
    device: AskingDevice,
    installs: Map<string, FirmwareInstall>,
  ): Promise<void> {
    const { store, clock, log, rules } = this.options;
    const before = installs.get(release.id);
    // Not before what it follows: the clock may have been set back since.
    const nowMs = Math.max(clock.wallMs(), release.countedFromMs, before?.downloadedMs ?? 0);
    const change = fateOf(release, device, before, nowMs, rules().returnMs);
    if (!change) return;
    const install = afterFate(before, release.id, device, change, nowMs);
    await store.putInstall(install);
    installs.set(release.id, install);
    this.#count(change);
    const about = { deviceId: device.deviceId, id: release.id, version: release.version, runs: device.version };
    if (change === 'confirmed') log.info('firmware installed', about);
    else log.warn('a device took a firmware and came back without it', about);
    if (change === 'returned') await this.#haltWhereDue(release);
    else if (release.force) await this.#endForce(release);
  }

  /** All devices that were named have it. */
  async #endForce(release: FirmwareRelease): Promise<void> {
    const installs = await this.options.store.installs(release.id);
    const has = new Set(
      installs
        .filter(({ confirmedMs }) => confirmedMs !== undefined && confirmedMs >= release.countedFromMs)
        .map(({ deviceId }) => deviceId),
    );
    if (release.deviceIds.every((deviceId) => has.has(deviceId))) await this.book.put({ ...release, force: false });
  }

  async #mayGo(release: FirmwareRelease, deviceId: string): Promise<boolean> {
    const { store, log, rules } = this.options;
    if (!(await this.#isThere(release))) return false;
    const installs = await store.installs(release.id);
    if (await this.#haltWhereDue(release, installs)) return false;
    const others = installs.filter((install) => install.deviceId !== deviceId);
    if (hasRoom(countReturns(others, release, this.#steady.look(), rules()), rules())) return true;
    log.info('firmware held back until those under way have come back', { deviceId, id: release.id });
    return false;
  }

  async #isThere({ id, sha256, sizeBytes }: FirmwareRelease): Promise<boolean> {
    const there = await this.#files.has(sha256, sizeBytes);
    if (!there)
      this.options.log.error('a firmware image is missing in the data folder', { id, file: `firmware/${sha256}.bin` });
    return there;
  }

  async #haltWhereDue(release: FirmwareRelease, known?: readonly FirmwareInstall[]): Promise<boolean> {
    const { store, rules, log } = this.options;
    const returns = countReturns(known ?? (await store.installs(release.id)), release, this.#steady.look(), rules());
    if (!mustHalt(returns, rules())) return false;
    const { confirmed, returned, silent } = returns;
    const reason = `of ${confirmed + returned + silent} devices that took it, ${confirmed} came back with it, ${returned} without it, and ${silent} not at all`;
    await this.book.put({ ...release, state: 'halted', reason });
    this.#count('halted');
    log.error('firmware halted', {
      error: new ChorusError(
        'firmware.halted',
        `firmware ${release.version} for ${release.board} (${release.id}) was halted: ${reason}`,
        { details: { id: release.id, board: release.board, version: release.version, confirmed, returned, silent } },
      ),
    });
    return true;
  }

  async #downloaded(releaseId: string, deviceId: string): Promise<void> {
    const { store, clock, log } = this.options;
    await this.book.inTurn(async () => {
      const release = this.book.find(releaseId);
      const install = (await store.installs(releaseId)).find((one) => one.deviceId === deviceId);
      if (!release || !install) return;
      await store.putInstall(afterDownload(install, release, Math.max(clock.wallMs(), release.countedFromMs)));
      this.#count('downloaded');
      log.info('firmware downloaded', { deviceId, id: releaseId });
    });
  }

  async #report(release: FirmwareRelease): Promise<ReleaseReport> {
    const installs = await this.options.store.installs(release.id);
    return {
      release,
      returns: countReturns(installs, release, this.#steady.look(), this.options.rules()),
      offered: installs.filter(({ offers }) => offers > 0).length,
      confirmed: installs.filter(({ confirmedMs }) => confirmedMs !== undefined).length,
    };
  }

  #count(result: 'offered' | 'downloaded' | 'confirmed' | 'returned' | 'halted'): void {
    this.options.metrics.count('chorus_firmware_total', { result });
  }
}
