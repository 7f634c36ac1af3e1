import { ChorusError } from '../../core/index.js';
import type { FirmwareRelease, FirmwareStore } from '../../platform/store/index.js';

/**
 * Keeps the releases in memory too, so that OTA requests cost nothing while there is no release. Changes run {@link
 * inTurn}, because each decision depends on the previous one.
 */
export class Releases {
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: FirmwareStore,
    private known: readonly FirmwareRelease[],
  ) {}

  /** Error: `store.*`. */
  static async open(store: FirmwareStore): Promise<Releases> {
    return new Releases(store, await store.releases());
  }

  /** Oldest first. */
  get all(): readonly FirmwareRelease[] {
    return this.known;
  }

  for(board: string | undefined): readonly FirmwareRelease[] {
    return this.known.filter((release) => release.board === board);
  }

  find(id: string): FirmwareRelease | undefined {
    return this.known.find((release) => release.id === id);
  }

  /** Error: `firmware.unknown`. */
  getOrThrow(id: string): FirmwareRelease {
    const release = this.find(id);
    if (!release) throw new ChorusError('firmware.unknown', `there is no firmware ${id}`, { details: { id } });
    return release;
  }

  async put(release: FirmwareRelease): Promise<FirmwareRelease> {
    await this.store.putRelease(release);
    this.known = this.find(release.id)
      ? this.known.map((other) => (other.id === release.id ? release : other))
      : [...this.known, release];
    return release;
  }

  async remove(id: string): Promise<void> {
    await this.store.removeRelease(id);
    this.known = this.known.filter((release) => release.id !== id);
  }

  /** Runs `work` after all earlier work, on the present rows, because another server may have changed them. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      this.known = await this.store.releases();
      return work();
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
