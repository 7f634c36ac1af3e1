/**
 * Every request and answer of the admin API (`/api/v1`), as zod schemas: bodies are checked with them, answers are typed by them, and
 * OpenAPI and docs/admin-api.md are made of them. The routes that use them stand in `contract.ts`.
 */
export * from './schemas/agents.js';
export * from './schemas/common.js';
export * from './schemas/configuration.js';
export * from './schemas/devices.js';
export * from './schemas/firmware.js';
export * from './schemas/language-model.js';
export * from './schemas/models.js';
export * from './schemas/overview.js';
export * from './schemas/problems.js';
export * from './schemas/session.js';
export * from './schemas/turns.js';
export * from './schemas/upkeep.js';
export * from './schemas/voices.js';
