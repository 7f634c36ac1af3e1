import { ChorusError } from '../core/index.js';

/** An error of a whole plug-in. The message contains the name of the plug-in's package. */
export function failure(
  code: 'plugin.not_found' | 'plugin.load_failed' | 'plugin.invalid' | 'plugin.failed',
  plugin: string,
  reason: string,
  cause?: unknown,
): ChorusError {
  return new ChorusError(code, `the plug-in ${plugin}: ${reason}`, { cause, details: { plugin, reason } });
}
