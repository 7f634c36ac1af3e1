import { z } from 'zod';
import { described } from '../settings.js';
import { calendarSettings, listSettings, messageSettings, reminderSettings } from './household.js';
import {
  homeAssistantSettings,
  knowledgeServiceSettings,
  newsSettings,
  searchSettings,
  weatherSettings,
} from './services.js';
import { musicSettings } from './music.js';
import type { ToolSettings } from './tool-settings.js';

export { type ToolSettings } from './tool-settings.js';
export { TOOL_SERVICES, type ToolServiceId } from './tool-services.js';
export { calendarSettings, listSettings, messageSettings, reminderSettings };
export { musicSettings };
export { homeAssistantSettings, knowledgeServiceSettings, newsSettings, searchSettings, weatherSettings };

/** In the order of the documentation. */
export const TOOL_SETTINGS = [
  reminderSettings,
  messageSettings,
  listSettings,
  calendarSettings,
  weatherSettings,
  newsSettings,
  searchSettings,
  knowledgeServiceSettings,
  homeAssistantSettings,
  musicSettings,
] as const satisfies readonly ToolSettings[];

type Group = (typeof TOOL_SETTINGS)[number];

type ToolSections = { [One in Group as One['id']]: z.ZodPrefault<One['settings']> };

const toolSections = Object.fromEntries(
  (TOOL_SETTINGS as readonly ToolSettings[]).map(({ id, settings }) => [
    id,
    settings.prefault({}).meta(settings.meta() ?? {}),
  ]),
) as unknown as ToolSections;

export const toolsSchema = described(
  z.strictObject(toolSections).prefault({}).meta({ live: true }),
  'The built-in tools (docs/skills.md).',
  '内置的工具（docs/skills.zh-CN.md）。',
);
