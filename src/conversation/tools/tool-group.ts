import type { z } from 'zod';
import type { Clock, Logger } from '../../core/index.js';
import type { SettingsSchema, ToolSettings } from '../../providers/index.js';
import type { ToolDataStore } from '../../platform/store/index.js';
import type { Notices } from '../notices/index.js';
import type { Tool } from './tool.js';

/** A device and the name that people gave it. */
export interface NamedDevice {
  readonly deviceId: string;
  readonly name: string | undefined;
}

/** Services that the server's tools may use. */
export interface ToolServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly notices: Notices;
  readonly data: ToolDataStore;
  /** Devices that are allowed to talk. Errors: `store.*`. */
  readonly devices: () => Promise<readonly NamedDevice[]>;
  /** Sends requests to services. Follows no redirect. */
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

/** The tools of all groups that are completely configured. `sections`: the section `tools` of the configuration. */
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
