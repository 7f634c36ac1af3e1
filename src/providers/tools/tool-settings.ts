import type { z } from 'zod';
import type { Bilingual } from '../../core/index.js';
import type { SettingsSchema } from '../descriptor.js';

/** The settings of a group of server tools: the configuration section `tools.<id>`. */
export interface ToolSettings<Id extends string = string, Schema extends SettingsSchema = SettingsSchema> {
  /** The name of the section: small letters, digits and `_`. */
  readonly id: Id;
  readonly name: Bilingual;
  readonly settings: Schema;
  /** True: the tools follow the published protocol, but were never tried against the real service. */
  readonly unproven?: true;
  /** Returns why the model is not offered this group's tools. Undefined: it is offered them. */
  missing(settings: z.output<Schema>): Bilingual | undefined;
}

export function defineToolSettings<const Id extends string, Schema extends SettingsSchema>(
  settings: ToolSettings<Id, Schema>,
): ToolSettings<Id, Schema> {
  return settings;
}
