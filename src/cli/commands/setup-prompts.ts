import { cancel, isCancel, select } from '@clack/prompts';
import type { CliContext } from '../context.js';
import { EXIT } from '../exit-code.js';
import { Exit } from '../failure.js';
import { setupWords } from '../words/setup.js';

/** Dotted keys to be written; undefined takes a key out of the file. */
export type Values = Map<string, unknown>;

/** The answer, or the end of the command when it was cancelled. */
export function answered<T>(answer: T, context: CliContext): Exclude<T, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') {
    cancel(setupWords[context.language].cancelled);
    throw new Exit(EXIT.interrupted);
  }
  return answer as Exclude<T, symbol>;
}

/** What did not work is kept all the same; false: it is asked again. */
export async function keepAnyway(context: CliContext): Promise<boolean> {
  const { again, retry } = setupWords[context.language];
  return answered(
    await select({
      message: again,
      options: [
        { value: false, label: retry.again },
        { value: true, label: retry.keep },
      ],
    }),
    context,
  );
}

/** The choices, with the present value among them even where it is none that is usually offered. */
export function withPresent(
  options: readonly { readonly value: string; readonly label: string }[],
  present: string,
  { language }: Pick<CliContext, 'language'>,
): { value: string; label: string }[] {
  const known = options.some(({ value }) => value === present);
  return [...(known ? [] : [{ value: present, label: setupWords[language].keep(present) }]), ...options];
}
