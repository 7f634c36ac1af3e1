import type { ErrorWords } from '../../http/index.js';
import { describeError } from '../failure.js';
import { MENDS } from './mends.js';

/** An error as the page shows it: what happened, and what to do about it, in the language of whoever reads it. */
export const errorWords: ErrorWords = (error, language) => ({
  message: describeError(error, { language }),
  mend: MENDS[language][error.code],
});
