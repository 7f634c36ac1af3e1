import type { Clock } from '../../core/index.js';
import type { CatalogueModel, Mirror } from './catalogue.js';

export interface MirrorPreference {
  /** `cn`: mirrors that are quick in China first. */
  readonly locale: 'cn' | 'world';
  /** `models.mirrors`: names of mirrors or base addresses, in this order and no others. Empty: all known ones. */
  readonly mirrors: readonly string[];
}

/**
 * The mirrors to try, in order. An address in the configuration is a server that has each model's files under
 * `<address>/<model id>/`. Pure.
 */
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

/** The mirror that `models pull --from URL` names: an archive, or the base address of the files. */
export function mirrorFrom(url: string): Mirror {
  const isArchive = /\.(tar\.bz2|tbz2?|tar\.gz|tgz|tar)$/.test(new URL(url).pathname);
  return isArchive ? { name: new URL(url).host, place: 'world', archiveUrl: url } : custom(trimmed(url));
}

const custom = (baseUrl: string): Mirror => ({ name: new URL(baseUrl).host, place: 'world', baseUrl });
const trimmed = (url: string): string => url.replace(/\/+$/, '');

/**
 * A publisher who replaced a file does not take it back within minutes, and each attempt costs hundreds of megabytes.
 */
const FIRST_PAUSE_MS = 3_600_000;
const MAX_PAUSE_MS = 86_400_000;

interface Wrong {
  readonly pauseMs: number;
  readonly untilMs: number;
  readonly reason: string;
}

/** Which mirrors may be asked for a model, and why the others may not. */
export interface MirrorChoice {
  /** Mirrors in the order in which they are asked: those that once delivered a wrong file come last. */
  readonly asked: readonly Mirror[];
  readonly resting: readonly { readonly mirror: Mirror; readonly reason: string; readonly waitMs: number }[];
}

/**
 * Mirrors that delivered a complete file that is not the right one. Background pulls leave them alone for an hour, then
 * for two, and so on up to a day.
 */
export class WrongMirrors {
  /** Mirrors by their address, which belongs to one model. */
  readonly #wrong = new Map<string, Wrong>();

  constructor(private readonly clock: Clock) {}

  /** Returns the time for which the mirror is not asked, in ms. Undefined: the same reason was reported already. */
  add(mirror: Mirror, reason: string): number | undefined {
    const before = this.#wrong.get(addressOf(mirror));
    const pauseMs = before ? Math.min(before.pauseMs * 2, MAX_PAUSE_MS) : FIRST_PAUSE_MS;
    this.#wrong.set(addressOf(mirror), { pauseMs, untilMs: this.clock.nowMs() + pauseMs, reason });
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
