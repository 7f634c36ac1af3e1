import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../core/index.js';
import { failure } from './failure.js';
import { reasonOf } from './guard.js';
import type { LoadedPlugin } from './load.js';

/** Further errors are counted but not logged, so that the log does not fill the disk. */
const MAX_LOGGED = 10;

/**
 * Logs errors that a plug-in throws outside of any request, which would otherwise end the process. An error belongs to
 * a plug-in if the error's stack contains the plug-in's folder. The returned function stops the logging.
 */
export function catchEscapedErrors(plugins: readonly LoadedPlugin[], log: Logger): () => void {
  if (plugins.length === 0) return () => undefined;
  const counts = new Map<string, number>();
  const onError = (error: unknown): void => {
    const plugin = pluginOf(error, plugins);
    if (!plugin) {
      process.off('uncaughtException', onError);
      process.nextTick(() => {
        throw error;
      });
      return;
    }
    const count = (counts.get(plugin.name) ?? 0) + 1;
    counts.set(plugin.name, count);
    if (count > MAX_LOGGED) return;
    const failed = failure('plugin.failed', plugin.name, reasonOf(error), error);
    log.error('A plug-in threw an error outside of any request', {
      code: failed.code,
      plugin: plugin.name,
      error: failed,
    });
  };
  process.on('uncaughtException', onError);
  return () => process.off('uncaughtException', onError);
}

export function pluginOf(error: unknown, plugins: readonly LoadedPlugin[]): LoadedPlugin | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const files = [...stack.matchAll(/(?:file:\/\/\S+?|\/[^\s():]+|[A-Z]:\\[^\s():]+)(?=:\d+)/g)].map(([file]) =>
    file.startsWith('file:') ? fileURLToPath(file) : file,
  );
  return plugins.find(({ folder }) => files.some((file) => file.startsWith(folder + sep)));
}
