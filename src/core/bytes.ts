/** Bytes of a mebibyte. */
export const MB = 2 ** 20;
/** Bytes of a gibibyte. */
export const GB = 2 ** 30;
