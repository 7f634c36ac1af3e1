import { ChorusError, errorWords } from '../core/index.js';
import { describeMistake, describeNote, type RejectedConfig } from '../config/index.js';
import type { CliContext } from './context.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-code.js';

/** Lists every mistake, so that a person can correct all of them at once. */
export class ConfigRejected extends Error {
  constructor(readonly rejected: RejectedConfig) {
    super('the configuration has mistakes');
  }
}

/** Ends the command with this exit code. Thrown only after the command has printed its own messages. */
export class Exit extends Error {
  constructor(readonly code: ExitCode) {
    super(`exit ${code}`);
  }
}

/** Tells a person what failed and what to do. A stack trace is shown only for a defect in Chorus itself. */
export function reportFailure(thrown: unknown, context: CliContext): ExitCode {
  const { words, language, colours, err } = context;
  if (thrown instanceof Exit) return thrown.code;
  if (context.interrupted.aborted) return EXIT.interrupted;
  if (thrown instanceof ConfigRejected) {
    const { mistakes, notes } = thrown.rejected;
    err(`${colours.red(words.config.mistakes(mistakes.length))}\n`);
    for (const mistake of mistakes) err(`  ${describeMistake(mistake, language)}\n`);
    for (const note of notes) err(`  ${colours.dim(`${words.config.note}${describeNote(note, language)}`)}\n`);
    return EXIT.config;
  }
  if (thrown instanceof ChorusError && thrown.code !== 'internal') {
    const { message, remedy } = errorWords(thrown, language);
    err(`${colours.red(words.error.prefix)}${message} ${colours.dim(`[${thrown.code}]`)}\n`);
    err(`${words.error.remedy}${remedy}\n`);
    return exitCodeOf(thrown.code);
  }
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  err(`${colours.red(words.error.unexpected)}\n${detail}\n`);
  return EXIT.failed;
}
