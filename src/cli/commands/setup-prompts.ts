import { cancel, isCancel, select } from '@clack/prompts';
import { withOwnCommand } from '../../core/index.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../exit-code.js';
import { Exit } from '../failure.js';
import { setupWords } from '../words/setup.js';

/** Values to be written, by dotted key; undefined removes a key from the file. */
export type Values = Map<string, unknown>;

/** Returns the answer. If the person cancelled the question, ends the command. */
export function answered<T>(answer: T, context: CliContext): Exclude<T, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') {
    cancel(setupWords[context.language].cancelled);
    throw new Exit(EXIT.interrupted);
  }
  return answer as Exclude<T, symbol>;
}

/**
 * Makes a sentence name the commands as they work in this installation. Needed for what the prompt library prints,
 * which bypasses the context.
 */
export function withCommands(text: string, { command }: Pick<CliContext, 'command'>): string {
  return command === undefined ? text : withOwnCommand(text, command);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/**
 * Asks a person to choose one of several options. The library's explanation of the keys is switched off because it is
 * in English; setup explains the keys once at its start.
 */
export async function choose(
  message: string,
  options: readonly Choice[],
  initialValue: string,
  context: CliContext,
): Promise<string> {
  return answered(await select({ message, options: [...options], initialValue, showInstructions: false }), context);
}

/** Asks whether to keep a setting that did not work. False: the setting should be asked for again. */
export async function keepAnyway(context: CliContext): Promise<boolean> {
  const { again, retry } = setupWords[context.language];
  const options = [
    { value: 'again', label: retry.again },
    { value: 'keep', label: retry.keep },
  ];
  return (await choose(again, options, 'again', context)) === 'keep';
}

/** Adds the present value to the options if it is not among them. */
export function withPresent(
  options: readonly { readonly value: string; readonly label: string }[],
  present: string,
  { language }: Pick<CliContext, 'language'>,
): { value: string; label: string }[] {
  const known = options.some(({ value }) => value === present);
  return [...(known ? [] : [{ value: present, label: setupWords[language].keep(present) }]), ...options];
}
