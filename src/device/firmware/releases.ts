import { ChorusError } from '../../core/index.js';
import type { FirmwareRelease, FirmwareStore } from '../../platform/store/index.js';

/**
 * The releases, kept in memory beside the store, so that the OTA requests of a fleet without any cost nothing; and one thing after the
 * other, since a decision stands on what was decided before.
 */
export class ReleaseBook {
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: FirmwareStore,
    private releases: readonly FirmwareRelease[],
  ) {}

  /** Error: `store.*`. */
  static async open(store: FirmwareStore): Promise<ReleaseBook> {
    return new ReleaseBook(store, await store.releases());
  }

  /** Oldest first. */
  get all(): readonly FirmwareRelease[] {
    return this.releases;
  }

  for(board: string | undefined): readonly FirmwareRelease[] {
    return this.releases.filter((release) => release.board === board);
  }

  find(id: string): FirmwareRelease | undefined {
    return this.releases.find((release) => release.id === id);
  }

  /** Error: `firmware.unknown`. */
  demand(id: string): FirmwareRelease {
    const release = this.find(id);
    if (!release) throw new ChorusError('firmware.unknown', `there is no firmware ${id}`, { details: { id } });
    return release;
  }

  async put(release: FirmwareRelease): Promise<FirmwareRelease> {
    await this.store.putRelease(release);
    const known = this.find(release.id) !== undefined;
    this.releases = known
      ? this.releases.map((other) => (other.id === release.id ? release : other))
      : [...this.releases, release];
    return release;
  }

  async remove(id: string): Promise<void> {
    await this.store.removeRelease(id);
    this.releases = this.releases.filter((release) => release.id !== id);
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
