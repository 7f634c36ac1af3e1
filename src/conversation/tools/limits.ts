/**
 * Maximum number of tools of one server or device. Vendors accept 128 functions at most, and each one costs prompt
 * tokens.
 */
export const MAX_SERVER_TOOLS = 64;
/** Maximum number of characters in the answer of any tool. */
export const MAX_RESULT_CHARS = 16_000;
/** Maximum number of characters in a tool's error for a model. */
export const MAX_ERROR_CHARS = 300;
