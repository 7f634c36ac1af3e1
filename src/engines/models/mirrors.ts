import { backoffMs, DAY_MS, HOUR_MS, type Backoff, type Clock } from '../../core/index.js';
import type { CatalogueModel, Mirror } from './catalogue.js';

export interface MirrorPreference {
  /** `cn` puts mirrors first that are fast in China. */
  readonly locale: 'cn' | 'world';
  /** `models.mirrors`: names or base addresses, used in this order. If empty, all known mirrors are used. */
  readonly mirrors: readonly string[];
}

/** Returns the mirrors to try, in order. A configured address has each model's files under `<address>/<model id>/`. */
export function mirrorsOf(model: CatalogueModel, preference: MirrorPreference): readonly Mirror[] {
  const known = model.source.type === 'download' ? model.source.mirrors : [];
  if (preference.mirrors.length > 0) {
    return preference.mirrors.flatMap((chosen) =>
      chosen.includes('://') ? [custom(`${trimmed(chosen)}/${model.id}`)] : known.filter(({ name }) => name === chosen),
    );
  }
  const near = preference.locale === 'cn' ? 'china' : 'world';
  return [...known.filter(({ place }) => place === near), ...known.filter(({ place }) => place !== near)];
}

/** For `models pull --from URL`. The URL is that of an archive, or the base address of the files. */
export function mirrorFrom(url: string): Mirror {
  const isArchive = /\.(tar\.bz2|tbz2?|tar\.gz|tgz|tar)$/.test(new URL(url).pathname);
  return isArchive ? { name: new URL(url).host, place: 'world', archiveUrl: url } : custom(trimmed(url));
}

const custom = (baseUrl: string): Mirror => ({ name: new URL(baseUrl).host, place: 'world', baseUrl });
const trimmed = (url: string): string => url.replace(/\/+$/, '');

/** Long pauses, because publishers do not restore a file within minutes, and an attempt costs hundreds of megabytes. */
const PAUSES: Backoff = { firstMs: HOUR_MS, mostMs: DAY_MS };

interface Wrong {
  /** How often the mirror was wrong in a row. */
  readonly times: number;
  readonly untilMs: number;
  readonly reason: string;
}

export interface MirrorChoice {
  /** In the order of the attempts. Mirrors whose last delivery was wrong come last. */
  readonly asked: readonly Mirror[];
  readonly resting: readonly { readonly mirror: Mirror; readonly reason: string; readonly waitMs: number }[];
}

/** Mirrors that delivered a complete but wrong file. Background pulls skip them for an hour, later for up to a day. */
export class WrongMirrors {
  /** By address, because each address belongs to a single model. */
  readonly #wrong = new Map<string, Wrong>();

  constructor(private readonly clock: Clock) {}

  /** Returns for how long the mirror is skipped, in ms. Returns undefined if the same reason was already reported. */
  add(mirror: Mirror, reason: string): number | undefined {
    const before = this.#wrong.get(addressOf(mirror));
    const times = (before?.times ?? 0) + 1;
    const pauseMs = backoffMs(times, PAUSES);
    this.#wrong.set(addressOf(mirror), { times, untilMs: this.clock.nowMs() + pauseMs, reason });
    return before?.reason === reason ? undefined : pauseMs;
  }

  delete(mirror: Mirror): void {
    this.#wrong.delete(addressOf(mirror));
  }

  choose(mirrors: readonly Mirror[]): MirrorChoice {
    const nowMs = this.clock.nowMs();
    const resting = mirrors.flatMap((mirror) => {
      const wrong = this.#wrong.get(addressOf(mirror));
      return wrong && wrong.untilMs > nowMs ? [{ mirror, reason: wrong.reason, waitMs: wrong.untilMs - nowMs }] : [];
    });
    const awake = mirrors.filter((mirror) => !resting.some((other) => other.mirror === mirror));
    const isWrong = (mirror: Mirror): boolean => this.#wrong.has(addressOf(mirror));
    return { asked: [...awake.filter((mirror) => !isWrong(mirror)), ...awake.filter(isWrong)], resting };
  }
}

export function addressOf(mirror: Mirror): string {
  return 'archiveUrl' in mirror ? mirror.archiveUrl : mirror.baseUrl;
}
