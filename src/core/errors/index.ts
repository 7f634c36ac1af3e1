export type { ApologyKey, ErrorDetails, ErrorRow } from './error-row.js';
export * from './errors.js';
export { isProblemCode, problemWords, type ProblemCode } from './problems.js';
export { systemErrorWords } from './sentences.js';
export { ERROR_TABLE, isErrorCode, type ErrorCode } from './table.js';
