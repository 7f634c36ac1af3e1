import { expect, it } from 'vitest';
import { ChorusError, noMetrics, silentLogger } from '../../src/core/index.js';
import { phrase } from '../../src/conversation/session/index.js';
import { createSlots } from '../../src/capacity/index.js';
import { createSpeaking } from '../../src/speech/speaking/index.js';
import { ShippedPhrases } from '../../src/speech/speaking/phrases/shipped-phrases.js';
import { inProcessEncoder } from '../fakes/in-process-encoder.js';
import { scriptedTts } from '../fakes/scripted-tts.js';
import { createWorld } from './turn-world.js';

/**
 * A device whose server has no internet: flite speaks English, espeak is not installed, and there is no model for
 * Mandarin.
 */
async function withoutMandarin(language = 'zh-CN') {
  const shipped = await ShippedPhrases.load();
  const world = createWorld({
    language,
    speak: (clock, scope) =>
      createSpeaking({
        clock,
        scope,
        shipped,
        log: silentLogger,
        metrics: noMetrics,
        slots: createSlots({ clock, metrics: noMetrics, slots: 1, acquireTimeoutMs: 10_000 }),
        encoder: inProcessEncoder(),
        providers: [
          scriptedTts('flite', clock, [{}], { languages: ['en'], local: true }),
          scriptedTts(
            'espeak',
            clock,
            [{ error: new ChorusError('tts.unavailable', 'the espeak voice is not installed') }],
            { local: true },
          ),
        ],
      }),
  });
  const sent = (): readonly Uint8Array[] =>
    world.connection.sent.flatMap((sent) => ('packet' in sent ? [sent.packet] : []));
  return { ...world, shipped, sent };
}

it.each([
  ['model.missing', 'model_downloading', 37, '（37%）'],
  ['model.missing', 'model_downloading', undefined, ''],
  ['model.not_installed', 'model_missing', undefined, ''],
] as const)(
  'a Chinese device without a Mandarin voice gets the reason in recorded Chinese (%s, %s, %s)',
  async (code, key, percent, shown) => {
    const { device, stream, clock, recognizer, connection, shipped, sent } = await withoutMandarin();
    recognizer.fails = new ChorusError(code, 'no model', { details: percent === undefined ? {} : { percent } });
    device.start();
    stream().hears('x');
    await clock.advance(12_000);
    const notice = phrase('zh-CN', key);
    expect(connection.words).toEqual(['tts:start', `say:${notice}${shown}`, 'tts:stop']);
    expect(sent()).toEqual(shipped.get(notice, 'zh-CN'));
    expect(connection.violations).toEqual([]);
    // The whole sound was played before `tts stop` was sent.
    expect(connection.timeOf('tts:stop')).toBeGreaterThan(sent().length * 60);
    expect(stream().turn).toBeDefined();
  },
);

it('tells a Chinese device that there is no voice for the answer', async () => {
  const { device, stream, clock, connection, shipped, sent } = await withoutMandarin();
  device.start();
  stream().hears('今天天气怎么样');
  await clock.advance(15_000);
  const notice = phrase('zh-CN', 'voice_missing');
  expect(connection.words).toEqual(['stt:今天天气怎么样', 'tts:start', 'llm:happy', `say:${notice}`, 'tts:stop']);
  expect(sent()).toEqual(shipped.get(notice, 'zh-CN'));
});

it('tells an English device without a Chinese voice the same, in place of a silent answer', async () => {
  const { device, stream, clock, connection, conversation } = await withoutMandarin('en-US');
  conversation.sentences = ['现在是下午三点。'];
  device.start();
  stream().hears('现在几点');
  await clock.advance(15_000);
  const notice = phrase('en-US', 'voice_missing');
  expect(connection.words).toEqual(['stt:现在几点', 'tts:start', 'llm:happy', `say:${notice}`, 'tts:stop']);
});
