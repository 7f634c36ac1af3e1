import type { z } from 'zod';
import { noSettings, type SettingsSchema } from '../../providers/index.js';

/** A section for each provider that has settings. */
export function sectionsOf(
  described: readonly { readonly id: string; readonly settings?: SettingsSchema }[],
): Readonly<Record<string, z.ZodPrefault<SettingsSchema>>> {
  const sections = described
    .filter(({ settings }) => settings !== undefined && Object.keys(settings.shape).length > 0)
    .map(({ id, settings = noSettings }) => [id, settings.prefault({}).meta(settings.meta() ?? {})] as const);
  return Object.fromEntries(sections);
}

export const idsOf = (described: readonly { readonly id: string }[]): readonly string[] =>
  described.map(({ id }) => id);
