import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { configSchema } from '../config/index.js';
import { spokenChunks } from '../conversation/dialogue/index.js';
import { createOfflineAssistant } from '../providers/llm/offline/index.js';
import { phrasesToWarm } from './start-up.js';

describe('sentences that are synthesised in advance', () => {
  it.each(['en-US', 'zh-CN'])('%s: include what the offline assistant adds to recognised words', async (language) => {
    const llm = createOfflineAssistant({ clock: new FakeClock() });
    const request = { tools: [], maxTokens: 100, language, timeZone: 'UTC' };
    let text = '';
    const heard = language === 'en-US' ? 'whatever else there is' : '别的什么话';
    for await (const delta of llm.stream(
      { ...request, messages: [{ role: 'user', content: heard }] },
      new AbortController().signal,
    ))
      if (delta.type === 'text') text += delta.text;
    const config = configSchema.parse({ session: { language } });
    const warm = phrasesToWarm(config, llm).map((phrase) => phrase.text);
    const chunks = spokenChunks(text, language);
    const others = chunks.filter((sentence) => !sentence.includes(heard));
    expect(others.length).toBeGreaterThan(1);
    expect(others[0]).toBe(chunks[0]);
    for (const sentence of others) expect(warm).toContain(sentence);
    // Replies of a language model do not begin with these sentences.
    for (const sentence of others) expect(phrasesToWarm(config, {}).map(({ text }) => text)).not.toContain(sentence);
  });

  it('are spoken by the configured voice, in which devices without an agent ask for them', () => {
    for (const voice of [undefined, 'zh-CN-XiaoxiaoNeural']) {
      const config = configSchema.parse({ session: { language: 'auto' }, tts: { voice } });
      expect(new Set(phrasesToWarm(config, {}).map((phrase) => phrase.voice))).toEqual(new Set([voice]));
    }
  });
});
