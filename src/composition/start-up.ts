import { mainLanguage, type Config } from '../config/index.js';
import { type LanguageTag, uiLanguage } from '../core/index.js';
import { spokenChunks } from '../conversation/dialogue/index.js';
import { type LlmProvider, standingTexts } from '../providers/index.js';
import { phrase, spokenPhrases } from '../conversation/session/index.js';
import type { Phrase } from '../speech/speaking/index.js';
import type { Speech } from './speech.js';

/**
 * Resolves when speech in the server's language can be understood and answered. Rejects with `engine.*`, `model.*` or
 * the signal's reason.
 */
export async function startUp(config: Config, speech: Speech, signal: AbortSignal): Promise<void> {
  await Promise.all([speech.start().then(() => loadVoices(config, speech)), loadRecognition(config, speech, signal)]);
}

async function loadVoices(config: Config, { speaking }: Speech): Promise<void> {
  const languages = config.session.language === 'auto' ? ['en-US', 'zh-CN'] : [config.session.language];
  for (const language of languages) await speaking.loadVoice({ text: phrase(language, 'greeting'), language });
}

async function loadRecognition(config: Config, { recognizer, models }: Speech, signal: AbortSignal): Promise<void> {
  const language = mainLanguage(config);
  recognizer.ensureFor(language);
  if (recognizer.modelFor(language) === undefined && config.models.auto_pull)
    await fetched(models, () => recognizer.modelFor(language) !== undefined, signal);
  await recognizer.prepare(language);
  // Without this, the first Chinese turn would be slower than later turns.
  if (recognizer.modelFor('zh-CN') !== undefined) await recognizer.prepare('zh-CN');
}

function fetched(models: Speech['models'], done: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = models.onChange(() => {
      if (!done()) return;
      stop();
      resolve();
    });
    signal.addEventListener(
      'abort',
      () => {
        stop();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

/** Sentences that all devices need when they talk right after the start, in the voice of devices without an agent. */
export function phrasesToWarm({ session, tts }: Config, llm: Pick<LlmProvider, 'byRules'>): readonly Phrase[] {
  const { voice } = tts;
  const languages = session.language === 'auto' ? ['en-US', 'zh-CN'] : [session.language];
  const texts = (language: LanguageTag): readonly string[] => [
    ...spokenPhrases(language),
    ...(llm.byRules ? standingSentences(language) : []),
  ];
  return languages.flatMap((language) => texts(language).map((text) => ({ text, language, voice })));
}

/** The sentences are split in the same way as replies are split for the voice. */
function standingSentences(language: LanguageTag): readonly string[] {
  return standingTexts(uiLanguage(language)).flatMap((text) => spokenChunks(text, language));
}
