import type { z } from 'zod';
import type { Bilingual } from '../../core/index.js';
import { noSettings, words, type SettingsSchema } from '../../providers/index.js';

/**
 * Each provider with settings gets a section. Without a description of its own, the section has the provider's
 * description.
 */
export function sectionsOf(
  described: readonly { readonly id: string; readonly about: Bilingual; readonly settings?: SettingsSchema }[],
): Readonly<Record<string, z.ZodPrefault<SettingsSchema>>> {
  const sections = described
    .filter(({ settings }) => settings !== undefined && Object.keys(settings.shape).length > 0)
    .map(
      ({ id, about, settings = noSettings }) =>
        [id, settings.prefault({}).meta(settings.meta() ?? words(about.en, about.zh))] as const,
    );
  return Object.fromEntries(sections);
}

export const idsOf = (described: readonly { readonly id: string }[]): readonly string[] =>
  described.map(({ id }) => id);
