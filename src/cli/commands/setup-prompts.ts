import { cancel, isCancel, select } from '@clack/prompts';
import { withOwnCommand } from '../../core/index.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../exit-code.js';
import { Exit } from '../failure.js';
import { setupWords } from '../words/setup.js';

/** Values to be written, by dotted key. Undefined removes a key from the file. */
export type Values = Map<string, unknown>;

/** Ends the command if the person cancelled the question. */
export function answered<T>(answer: T, context: CliContext): Exclude<T, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') {
    cancel(setupWords[context.language].cancelled);
    throw new Exit(EXIT.interrupted);
  }
  return answer as Exclude<T, symbol>;
}

/** Replaces the command names. The context does this for other output, but the prompt library prints directly. */
export function withCommands(text: string, { command }: Pick<CliContext, 'command'>): string {
  return command === undefined ? text : withOwnCommand(text, command);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Hides the library's explanation of the keys, because it is only in English. Setup explains them at its start. */
export async function choose(
  message: string,
  options: readonly Choice[],
  initialValue: string,
  context: CliContext,
): Promise<string> {
  return answered(await select({ message, options: [...options], initialValue, showInstructions: false }), context);
}

/** False if the setting should be asked for again. */
export async function keepAnyway(context: CliContext): Promise<boolean> {
  const { again, retry } = setupWords[context.language];
  const options = [
    { value: 'again', label: retry.again },
    { value: 'keep', label: retry.keep },
  ];
  return (await choose(again, options, 'again', context)) === 'keep';
}

export function withPresent(
  options: readonly { readonly value: string; readonly label: string }[],
  present: string,
  { language }: Pick<CliContext, 'language'>,
): { value: string; label: string }[] {
  const known = options.some(({ value }) => value === present);
  return [...(known ? [] : [{ value: present, label: setupWords[language].keep(present) }]), ...options];
}
