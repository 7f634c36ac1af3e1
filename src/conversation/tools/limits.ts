/**
 * Maximum number of tools of one server or device. Vendors accept at most 128 functions, and each function costs prompt
 * tokens.
 */
export const MAX_SERVER_TOOLS = 64;
/** Maximum number of characters in the answer of any tool. */
export const MAX_RESULT_CHARS = 16_000;
/** Maximum number of characters of an error that a tool reports to the model. */
export const MAX_ERROR_CHARS = 300;
