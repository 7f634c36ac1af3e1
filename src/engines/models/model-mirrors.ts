import type { CatalogueModel, Mirror } from './catalogue.js';

export interface MirrorPreference {
  /** `cn`: mirrors that are quick in China first. */
  readonly locale: 'cn' | 'world';
  /** `models.mirrors`: names of mirrors or base addresses, in this order and no others. Empty: all known ones. */
  readonly mirrors: readonly string[];
}

/**
 * Where to try, in order. An address in the configuration is a server that has each model's files under
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
