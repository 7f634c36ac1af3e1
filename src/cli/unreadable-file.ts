import { translatedError, type ChorusError } from '../core/index.js';
import type { CliContext } from './context.js';
import { argumentWords } from './words/arguments.js';

/** For a file that the command line names. */
export function unreadableFile(file: string, { language }: CliContext, cause: unknown): ChorusError {
  return translatedError('file.unreadable', argumentWords[language].unreadable(file), cause);
}
