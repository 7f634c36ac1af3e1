import { readFileSync } from 'node:fs';
import { diffConfigs, withoutSecrets } from './diff.js';
import type { LoadedConfig, RejectedConfig } from './loader.js';
import type { ReloadAnswer } from './reload-answer.js';
import { describeMistake } from './wording.js';
import { asChorusError, type Bilingual, type Logger, type Scope } from '../core/index.js';
import { PartFailed, type LiveConfig } from './live-config.js';
import { configWords } from './words.js';

/** The configuration is read again with the same flags and environment as at the start. */
export interface ConfigSource {
  readonly file: string;
  /** Rejects with `config.unreadable`. */
  load(): Promise<LoadedConfig | RejectedConfig>;
}

export interface Reload {
  /** With `trial`, new services are tested before they are used. */
  reload(trial: boolean): Promise<ReloadAnswer>;
  /** Keys whose value in the file takes effect only at the next start. */
  restartKeys(): readonly string[];
}

/** Only one reload runs at a time. If a reload fails, nothing changes, and the answer gives the reason. */
export function composeReload(source: ConfigSource, live: LiveConfig, log: Logger, scope: Scope): Reload {
  const { file } = source;
  // If a file with text becomes empty or missing, the defaults must not replace all values. An editor may empty the
  // file for a moment, or the file's volume may be missing.
  let hadText = hasText(file);
  let last: Promise<unknown> = Promise.resolve();
  let restartKeys: readonly string[] = [];
  const reload = async (trial: boolean): Promise<ReloadAnswer> => {
    const before = live.current;
    if (hadText && !hasText(file)) return { ok: false, file, mistakes: [{ key: '', ...gone(file) }] };
    const loaded = await load(source);
    if ('ok' in loaded && !loaded.ok) return loaded;
    const next = loaded.config;
    try {
      await live.replace(next, { trial, signal: scope.signal });
    } catch (error) {
      if (!(error instanceof PartFailed)) throw error;
      const { code, message, details } = error.reason;
      const clean = Object.entries(details).map(
        ([name, value]) => [name, typeof value === 'string' ? withoutSecrets(value, next) : value] as const,
      );
      return {
        ok: false,
        file,
        failed: { part: error.part, code, message: withoutSecrets(message, next), details: Object.fromEntries(clean) },
      };
    }
    hadText = hasText(file);
    const changed = diffConfigs(before, next).filter((change) => change.live);
    restartKeys = diffConfigs(live.started, next).flatMap((change) => (change.live ? [] : [change.key]));
    return { ok: true, file, changed: changed.map(({ key }) => key), restart: [...restartKeys] };
  };
  return {
    restartKeys: () => restartKeys,
    reload: (trial) => {
      const answer = last.then(async () => {
        const outcome = await reload(trial);
        logAnswer(outcome, log);
        return outcome;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

function hasText(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() !== '';
  } catch {
    return false;
  }
}

const gone = (file: string): Bilingual => configWords.emptyOrGone(file);

async function load(source: ConfigSource): Promise<LoadedConfig | Extract<ReloadAnswer, { readonly ok: false }>> {
  const { file } = source;
  let loaded: LoadedConfig | RejectedConfig;
  try {
    loaded = await source.load();
  } catch (error) {
    const { message } = asChorusError(error);
    return { ok: false, file, mistakes: [{ key: '', en: message, zh: message }] };
  }
  if (loaded.ok) return loaded;
  return {
    ok: false,
    file,
    mistakes: loaded.mistakes.map((mistake) => ({
      key: mistake.key,
      en: describeMistake(mistake, 'en'),
      zh: describeMistake(mistake, 'zh'),
    })),
  };
}

function logAnswer(answer: ReloadAnswer, log: Logger): void {
  const { file } = answer;
  if (answer.ok) log.info('configuration read again', { file, changed: answer.changed, afterRestart: answer.restart });
  else if ('mistakes' in answer)
    log.error('the configuration has mistakes; nothing was changed', {
      problem: 'config.mistakes',
      file,
      mistakes: answer.mistakes.map(({ en }) => en),
    });
  else
    log.error('the configuration does not work; nothing was changed', {
      problem: 'config.does_not_work',
      file,
      part: answer.failed.part,
      code: answer.failed.code,
      reason: answer.failed.message,
    });
}
