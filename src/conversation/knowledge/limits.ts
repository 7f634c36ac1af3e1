/** Limits of the built-in knowledge store. Beyond them a document is refused, never cut. */
export const MAX_FILE_BYTES = 20 * 2 ** 20;
export const MAX_PAGES = 1000;
/** About 1,000 pages of a novel. The reader stops here also if an archive promises less and holds more. */
export const MAX_CHARACTERS = 3_000_000;
export const MAX_DOCUMENTS = 500;
/** Passages of all documents. Their indexes take about 1 kB each in memory, their texts are in the database. */
export const MAX_PASSAGES = 30_000;
