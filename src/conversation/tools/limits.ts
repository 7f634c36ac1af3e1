/**
 * Limit for the tools of one server or device, and for the tools offered to another server. Vendors accept at most 128
 * functions, and each function costs prompt tokens.
 */
export const MAX_SERVER_TOOLS = 64;
/** Limit for the answer of any tool. `writeToolResult` cuts the answer further for the model. */
export const MAX_RESULT_CHARS = 16_000;
/** Limit for an error that the model reads. */
export const MAX_ERROR_CHARS = 300;
