import type { z } from 'zod';
import type { Clock, Logger } from '../../core/index.js';
import type { SettingsSchema, ToolSettings } from '../../providers/index.js';
import type { ToolDataStore } from '../../platform/store/index.js';
import type { Notices } from '../notices/index.js';
import type { Tool } from './tool.js';

export interface NamedDevice {
  readonly deviceId: string;
  readonly name: string | undefined;
}

export interface ToolServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly notices: Notices;
  readonly data: ToolDataStore;
  /** Devices that are allowed to talk. Errors: `store.*`. */
  readonly devices: () => Promise<readonly NamedDevice[]>;
  /** Does not follow redirects. */
  readonly fetch: typeof fetch;
}

/** Tools that share settings. A group sees only its own settings. */
export interface ToolGroup<Schema extends SettingsSchema = SettingsSchema> {
  readonly settings: ToolSettings<string, Schema>;
  create(settings: z.output<Schema>, services: ToolServices): readonly Tool[];
}

export function defineToolGroup<Schema extends SettingsSchema>(group: ToolGroup<Schema>): ToolGroup {
  return group;
}

/** Groups whose settings are incomplete have no tools. `sections` is the section `tools` of the configuration. */
export function groupTools(
  groups: readonly ToolGroup[],
  sections: Readonly<Record<string, unknown>>,
  services: ToolServices,
): readonly Tool[] {
  return groups.flatMap((group) => {
    const settings = group.settings.settings.parse(sections[group.settings.id] ?? {});
    return group.settings.missing(settings) === undefined ? group.create(settings, services) : [];
  });
}
