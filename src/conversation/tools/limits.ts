/** Most tools of one server or device: vendors accept 128 functions at most, and each one costs prompt tokens. */
export const MAX_SERVER_TOOLS = 64;
/** Maximum number of characters in a tool's answer, whichever kind of tool it is. */
export const MAX_RESULT_CHARS = 16_000;
/** Maximum number of characters in the error of a tool, which a model reads. */
export const MAX_ERROR_CHARS = 300;
