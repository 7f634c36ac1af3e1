import { both, ChorusError } from '../../core/index.js';
import { MAX_ERROR_CHARS } from './limits.js';

/** A failed call in words that a small model may say as they are. */
export function toolFailed(en: string, zh: string): ChorusError {
  return new ChorusError('tool.failed', both(en, zh));
}

export const noSuchTool = (): ChorusError => toolFailed('there is no tool of that name', '没有这个功能');

/** A tool that was offered is gone: its server has left. */
export const toolGone = (): ChorusError => toolFailed('there is no tool of that name now', '这个功能现在用不了');

export const toolTimeout = (seconds: number): ChorusError =>
  new ChorusError(
    'tool.timeout',
    both(`the tool did not answer within ${seconds} s`, `等了 ${seconds} 秒，没有得到回答`),
  );

/** Whatever a tool has thrown, in words for the model. */
export function toolFailure(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, MAX_ERROR_CHARS);
  return new ChorusError('tool.failed', message === '' ? 'the tool failed' : message, { cause: thrown });
}
