import type { z } from 'zod';
import type { Bilingual } from '../../core/index.js';
import type { SettingsSchema } from '../descriptor.js';

/** The settings of a group of the server's tools: the section `tools.<id>` of the configuration. */
export interface ToolSettings<Id extends string = string, Schema extends SettingsSchema = SettingsSchema> {
  /** The name of the section: small letters, digits and `_`. */
  readonly id: Id;
  readonly name: Bilingual;
  readonly settings: Schema;
  /** Written by the published protocol, and never tried against the real service. */
  readonly unproven?: true;
  /** Why the tools of this group are not offered to the model; undefined: they are offered. */
  missing(settings: z.output<Schema>): Bilingual | undefined;
}

export function defineToolSettings<const Id extends string, Schema extends SettingsSchema>(
  settings: ToolSettings<Id, Schema>,
): ToolSettings<Id, Schema> {
  return settings;
}
