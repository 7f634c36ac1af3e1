/** Maximum number of characters in a tool's answer, whichever kind of tool it is. */
export const MAX_RESULT_CHARS = 16_000;
/** Maximum number of characters in the error of a tool, which a model reads. */
export const MAX_ERROR_CHARS = 300;
