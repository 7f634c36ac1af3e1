import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, loadMp3 } from '../../../test/fakes/speaking-world.js';
import { voiceOfSentence } from './sentence-voice.js';

beforeAll(loadMp3);

const DEVICE = { deviceId: 'd', language: 'en-US', voice: 'anna' };
const CHINESE = { deviceId: 'd', language: 'zh-CN', voice: undefined };
const some = { able: () => ['voice'] };

describe('the voice of a sentence', () => {
  it.each([
    ['我马上下来。', CHINESE],
    ['好，OK。', DEVICE],
    ['晚饭好了，OK。', CHINESE],
    ['A message from 卧室:', DEVICE],
    ['42', DEVICE],
    ['', DEVICE],
    ['Bonjour à tous.', DEVICE],
  ])('has the language of most of its letters: %s', (text, expected) => {
    expect(voiceOfSentence(some, text, DEVICE)).toEqual(expected);
  });

  it('stays the same if the language has Chinese characters itself, or no voice speaks Chinese', () => {
    for (const language of ['zh-TW', 'yue-CN', 'ja-JP'])
      expect(voiceOfSentence(some, '我马上下来。', { ...DEVICE, language }).language).toBe(language);
    expect(voiceOfSentence({ able: () => [] }, '我马上下来。', DEVICE)).toEqual(DEVICE);
  });

  it('fails for the first sentence of a reply instead of being silent', () => {
    expect(voiceOfSentence({ able: () => [] }, '我马上下来。', DEVICE, true)).toEqual(CHINESE);
    expect(voiceOfSentence({ able: () => [] }, 'I am coming.', DEVICE, true)).toEqual(DEVICE);
  });

  it('is English for an English sentence in a Chinese conversation if the voice does not speak English', () => {
    const chinese = { ...DEVICE, language: 'zh-CN' };
    const english = { deviceId: 'd', language: 'en-US', voice: undefined };
    const able =
      (zh: readonly string[], en: readonly string[]) =>
      ({ language }: { readonly language: string }) =>
        language === 'zh-CN' ? zh : en;
    const two = { able: able(['local'], ['flite']) };
    expect(voiceOfSentence(two, 'It is half past three.', chinese)).toEqual(english);
    expect(voiceOfSentence(two, '现在是 half past three。', chinese)).toEqual(chinese);
    expect(voiceOfSentence(two, 'Hello, Anna!', chinese)).toEqual(chinese);
    expect(voiceOfSentence({ able: able(['cloud', 'local'], ['cloud']) }, 'It is half past three.', chinese)).toEqual(
      chinese,
    );
    expect(voiceOfSentence({ able: able(['local'], []) }, 'It is half past three.', chinese, true)).toEqual(chinese);
  });

  it('changes for that sentence only', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld((time) => [
      scriptedTts('english', time, [{}, {}], { languages: ['en'] }),
      scriptedTts('chinese', time, [{}], { languages: ['zh'] }),
    ]);
    const { reply } = talk();
    for (const text of ['Here is a message.', '我马上下来。', 'That was all.']) reply.say(text);
    reply.end();
    await clock.advance(20_000);
    expect(providers.map(({ requests }) => requests.map(({ text }) => text))).toEqual([
      ['Here is a message.', 'That was all.'],
      ['我马上下来。'],
    ]);
    await expectNothingLeft();
  });
});
