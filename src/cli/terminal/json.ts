import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';

/** Formats JSON for `--json`: indented, with a newline at the end. */
export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Prints an answer as JSON if `--json` is given, or else the text. */
export function printAnswer(
  { json }: Pick<JsonFlags, 'json'>,
  { out }: CliContext,
  answer: unknown,
  text: string,
): ExitCode {
  out(json ? asJson(answer) : text);
  return EXIT.ok;
}
