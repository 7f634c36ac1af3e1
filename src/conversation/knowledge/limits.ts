/** A document beyond these limits is refused, and never shortened. */
export const MAX_FILE_BYTES = 20 * 2 ** 20;
export const MAX_PAGES = 1000;
/** About 1,000 pages of a novel. Reading stops here, even if an archive claims to contain less. */
export const MAX_CHARACTERS = 3_000_000;
export const MAX_DOCUMENTS = 500;
/** Maximum number of passages in all documents together. The index of each passage takes about 1 kB of memory. */
export const MAX_PASSAGES = 30_000;
