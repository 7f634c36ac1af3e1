import { CONVERSATION_ERRORS } from './conversation.js';
import { DEVICE_ERRORS } from './devices.js';
import type { ErrorRow } from './error-row.js';
import { KNOWLEDGE_ERRORS } from './knowledge.js';
import { LANGUAGE_MODEL_ERRORS } from './language-model.js';
import { MCP_ERRORS } from './mcp.js';
import { PLUGIN_ERRORS } from './plugins.js';
import { REALTIME_ERRORS } from './realtime.js';
import { RECOGNITION_ERRORS } from './recognition.js';
import { WYOMING_ERRORS } from './wyoming.js';
import { SERVER_ERRORS } from './server.js';

const ROWS = {
  ...SERVER_ERRORS,
  ...DEVICE_ERRORS,
  ...RECOGNITION_ERRORS,
  ...LANGUAGE_MODEL_ERRORS,
  ...REALTIME_ERRORS,
  ...CONVERSATION_ERRORS,
  ...KNOWLEDGE_ERRORS,
  ...PLUGIN_ERRORS,
  ...MCP_ERRORS,
  ...WYOMING_ERRORS,
};

export type ErrorCode = keyof typeof ROWS;

/** Every error of Chorus. docs/errors.md is generated from this table. */
export const ERROR_TABLE: Readonly<Record<ErrorCode, ErrorRow>> = ROWS;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}
