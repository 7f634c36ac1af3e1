import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts } from '../../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld } from '../../../../test/fakes/speaking-world.js';
import { ChorusError } from '../../../core/index.js';
import { phrase, spokenPhrases } from '../../../conversation/session/index.js';
import { OpusDecoder, rmsDbfs } from '../../../audio/index.js';
import { ShippedPhrases } from './shipped-phrases.js';

const NOTICE = phrase('zh-CN', 'model_downloading');
let shipped: ShippedPhrases;
beforeAll(async () => {
  shipped = await ShippedPhrases.load();
});

describe('the phrases recorded in the package', () => {
  it('include every Chinese phrase (otherwise run `npx tsx scripts/shipped-phrases.ts`)', () => {
    expect(shipped.texts).toEqual(spokenPhrases('zh-CN'));
  });

  it('contain speech in packets of 60 ms, with a short greeting', () => {
    for (const text of shipped.texts) {
      const decoder = new OpusDecoder(24_000);
      const packets = shipped.get(text, 'zh-CN') ?? [];
      const frames = packets.map((packet) => {
        const decoded = decoder.decode(packet);
        return decoded.ok ? decoded.pcm : new Int16Array(0);
      });
      expect(frames.every((frame) => frame.length === 1440)).toBe(true);
      const levels = frames.map((frame) => rmsDbfs(Float32Array.from(frame, (sample) => sample / 32_768)));
      expect(Math.max(...levels)).toBeGreaterThan(-25);
      // Mandarin has three to six syllables per second, one per character.
      const syllables = text.match(/\p{Script=Han}/gu)?.length ?? 0;
      expect(packets.length * 60).toBeGreaterThan(syllables * 150);
      expect(packets.length * 60).toBeLessThan(syllables * 400 + 600);
    }
    expect((shipped.get(phrase('zh-CN', 'greeting'), 'zh-CN')?.length ?? 99) * 60).toBeLessThanOrEqual(720);
  });

  it('are used only for listeners who understand Chinese', () => {
    expect(shipped.get(NOTICE, 'yue-HK')).toBeDefined();
    expect(shipped.get(NOTICE, 'en-US')).toBeUndefined();
    expect(shipped.get('你好', 'zh-CN')).toBeUndefined();
  });

  it.each(['no json', '{"phrases":[{"text":"x","packets":"AAAB"}]}', '{"phrases":[{"text":"x","packets":"//8B"}]}'])(
    'fail to load if they are damaged: %s',
    async (content) => {
      const folder = await mkdtemp(join(tmpdir(), 'chorus-phrases-'));
      try {
        const file = join(folder, 'phrases.json');
        await writeFile(file, content);
        await expect(ShippedPhrases.load(pathToFileURL(file))).rejects.toMatchObject({ code: 'internal' });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

describe('a phrase that no voice can say', () => {
  it.each([
    ['nobody speaks the language', { languages: ['en'] }],
    [
      'the voice of last resort is not installed',
      { error: new ChorusError('tts.unavailable', 'the espeak voice is not installed') },
    ],
  ])(
    'is played as it was recorded: %s',
    async (_name, { languages, error }: { languages?: readonly string[]; error?: ChorusError }) => {
      const { clock, talk, expectNothingLeft } = createSpeakingWorld(
        (clock) => [
          scriptedTts(
            'only',
            clock,
            [error === undefined ? {} : { error }],
            languages === undefined ? {} : { languages },
          ),
        ],
        shipped,
      );
      const { reply, sent, last } = talk({ language: 'zh-CN' });
      reply.say(NOTICE);
      reply.end();
      await clock.advance(10_000);
      expect(sent.map(({ packet }) => packet)).toEqual(shipped.get(NOTICE, 'zh-CN'));
      expect(last()).toMatchObject({ type: 'finished', stats: { cachedSentences: 1 } });
      await expectNothingLeft();
    },
  );

  it('is spoken by a voice if a voice can speak it', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld(
      (clock) => [scriptedTts('mandarin', clock, [{}])],
      shipped,
    );
    const { reply, last } = talk({ language: 'zh-CN' });
    reply.say(NOTICE);
    reply.end();
    await clock.advance(10_000);
    expect(providers[0]?.requests).toHaveLength(1);
    expect(last()).toMatchObject({ type: 'finished', stats: { cachedSentences: 0 } });
    await expectNothingLeft();
  });

  it('fails if it was not recorded', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld(
      (clock) => [scriptedTts('only', clock, [{}], { languages: ['en'] })],
      shipped,
    );
    const { reply, last } = talk({ language: 'zh-CN' });
    reply.say('今天天气不错。');
    reply.end();
    await clock.advance(1000);
    expect(last()).toMatchObject({ type: 'failed', error: { code: 'tts.unavailable' } });
    await expectNothingLeft();
  });
});
