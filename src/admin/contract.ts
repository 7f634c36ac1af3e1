import type { RouteSpec, Routes } from './api.js';
import { sessionRoutes } from './resources/session.js';
import { overviewRoutes } from './resources/overview.js';
import { turnRoutes } from './resources/turns.js';
import { problemRoutes } from './resources/problems.js';
import { deviceRoutes } from './resources/devices.js';
import { serialRoutes } from './resources/serials.js';
import { askSeveralRoutes } from './resources/ask-several.js';
import { sayRoutes } from './resources/say.js';
import { browserRoutes } from './resources/browser.js';
import { agentRoutes } from './resources/agents.js';
import { memoryRoutes } from './resources/memories.js';
import { knowledgeRoutes } from './resources/knowledge.js';
import { peopleRoutes } from './resources/people.js';
import { historyRoutes } from './resources/history.js';
import { costRoutes } from './resources/costs.js';
import { languageModelRoutes } from './resources/language-model.js';
import { voiceRoutes } from './resources/voices.js';
import { modelRoutes } from './resources/models.js';
import { mcpRoutes } from './resources/mcp.js';
import { configurationRoutes } from './resources/configuration.js';
import { firmwareRoutes } from './resources/firmware.js';
import { upkeepRoutes } from './resources/upkeep.js';

export * from './resources/session.js';
export * from './resources/overview.js';
export * from './resources/turns.js';
export * from './resources/problems.js';
export * from './resources/devices.js';
export * from './resources/serials.js';
export * from './resources/ask-several.js';
export * from './resources/say.js';
export * from './resources/browser.js';
export * from './resources/agents.js';
export * from './resources/memories.js';
export * from './resources/knowledge.js';
export * from './resources/people.js';
export * from './resources/history.js';
export * from './resources/costs.js';
export * from './resources/language-model.js';
export * from './resources/voices.js';
export * from './resources/models.js';
export * from './resources/mcp.js';
export * from './resources/configuration.js';
export * from './resources/firmware.js';
export * from './resources/upkeep.js';
export * from './shapes.js';
export type { TurnVerdict } from './verdict.js';
export type { RouteSpec };

export const openApiRoutes = {
  openApi: { method: 'GET', path: '/openapi.json', summary: 'This API as OpenAPI 3.1.', answer: 'json' },
} as const satisfies Routes;

/** All routes of the admin API. OpenAPI, docs/admin-api.md and the tests are made from this table. */
export const ADMIN_API = {
  ...sessionRoutes,
  ...overviewRoutes,
  ...turnRoutes,
  ...problemRoutes,
  ...deviceRoutes,
  ...serialRoutes,
  ...sayRoutes,
  ...askSeveralRoutes,
  ...browserRoutes,
  ...agentRoutes,
  ...memoryRoutes,
  ...knowledgeRoutes,
  ...peopleRoutes,
  ...historyRoutes,
  ...costRoutes,
  ...languageModelRoutes,
  ...voiceRoutes,
  ...modelRoutes,
  ...mcpRoutes,
  ...configurationRoutes,
  ...firmwareRoutes,
  ...upkeepRoutes,
  ...openApiRoutes,
} as const satisfies Routes;
