import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export function printAnswer(
  { json }: Pick<JsonFlags, 'json'>,
  { out }: CliContext,
  answer: unknown,
  text: string,
): ExitCode {
  out(json ? asJson(answer) : text);
  return EXIT.ok;
}
