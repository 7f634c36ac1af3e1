import { ChorusError } from '../core/index.js';

/** An error that concerns a whole plug-in. `plugin` is the name of its package. */
export function failure(
  code: 'plugin.not_found' | 'plugin.load_failed' | 'plugin.invalid' | 'plugin.failed',
  plugin: string,
  reason: string,
  cause?: unknown,
): ChorusError {
  return new ChorusError(code, `the plug-in ${plugin}: ${reason}`, { cause, details: { plugin, reason } });
}
