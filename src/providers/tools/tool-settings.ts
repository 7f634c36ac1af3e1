import type { z } from 'zod';
import type { Bilingual } from '../../core/index.js';
import type { SettingsSchema } from '../descriptor.js';

/** The settings of a group of server tools, in the section `tools.<id>`. */
export interface ToolSettings<Id extends string = string, Schema extends SettingsSchema = SettingsSchema> {
  /** Small letters, digits and `_`. */
  readonly id: Id;
  readonly name: Bilingual;
  readonly settings: Schema;
  readonly unproven?: true;
  /** Says why the model is not offered these tools. Returns undefined if the model is offered them. */
  missing(settings: z.output<Schema>): Bilingual | undefined;
}

export function defineToolSettings<const Id extends string, Schema extends SettingsSchema>(
  settings: ToolSettings<Id, Schema>,
): ToolSettings<Id, Schema> {
  return settings;
}
