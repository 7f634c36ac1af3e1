import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, loadMp3 } from '../../../test/fakes/speaking-world.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';

beforeAll(loadMp3);

const RATE_HZ = 24_000;

function speechOf(ms: number): ModelSpeech & { readonly stops: number[] } {
  const pcm = Int16Array.from({ length: (RATE_HZ * ms) / 1000 }, (_, i) => 6000 * Math.sin(i / 10));
  const bytes = new Uint8Array(pcm.buffer);
  const stops: number[] = [];
  return {
    voice: 'fake kim',
    format: { kind: 'pcm', rateHz: RATE_HZ },
    chunks: (async function* () {
      for (let at = 0; at < bytes.length; at += 4_800) yield await Promise.resolve(bytes.subarray(at, at + 4_800));
    })(),
    stops,
    stopped: (heardMs) => void stops.push(heardMs),
  };
}

const world = () => createSpeakingWorld((clock) => [scriptedTts('voice', clock, [{}])]);

describe('speech that the model produces', () => {
  it('is one stream for several sentences, each shown at a time in proportion to its length', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { reply, sent, marks, last } = talk();
    const speech = speechOf(3_000);
    reply.say('Twenty letters here. ', speech);
    reply.say('And twenty more here.', speech);
    reply.end();
    await clock.advance(6_000);
    expect(last()).toMatchObject({ type: 'finished', stats: { sentences: 2, cachedSentences: 0 } });
    // The speech lasts 3 s and is followed by a single pause.
    expect(sent.length).toBeGreaterThanOrEqual(50);
    expect(sent.length).toBeLessThanOrEqual(56);
    const shown = marks.filter((mark) => mark.startsWith('sentence '));
    expect(shown).toEqual(['sentence 0', 'sentence 1']);
    const before = marks.slice(0, marks.indexOf('sentence 1')).filter((mark) => mark === 'packet').length;
    expect(before).toBeGreaterThan(15);
    expect(before).toBeLessThan(26);
    expect(speech.stops).toEqual([]);
    await expectNothingLeft();
  });

  it('reports exactly, to the packet, how much was heard if it is interrupted', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { reply, sent } = talk();
    const speech = speechOf(9_000);
    const unheard = speechOf(1_000);
    reply.say('It was a dark and stormy night, and nobody slept.', speech);
    reply.say('Then they rose.', unheard);
    reply.end();
    await clock.advance(2_000);
    const { playedMs, text } = reply.stop();
    expect(speech.stops).toEqual([playedMs]);
    expect(playedMs).toBeLessThanOrEqual(sent.length * 60);
    expect(playedMs).toBeGreaterThan(1_000);
    expect(unheard.stops).toEqual([0]);
    expect('It was a dark and stormy night'.startsWith(text) || text.startsWith('It was a dark')).toBe(true);
    await expectNothingLeft();
  });

  it('is replaced by the voice if it contains no sound', async () => {
    const { clock, talk, providers, expectNothingLeft } = world();
    const { reply, last } = talk();
    reply.say('Nothing came of it.', speechOf(0));
    reply.end();
    await clock.advance(6_000);
    expect(last()).toMatchObject({ type: 'finished' });
    expect(providers[0]?.requests.map(({ text }) => text)).toEqual(['Nothing came of it.']);
    await expectNothingLeft();
  });

  it('keeps a sentence whose sound ended before its text came', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { reply, events } = talk();
    const speech = speechOf(600);
    reply.say('Short.', speech);
    await clock.advance(3_000);
    reply.say('And late.', speech);
    reply.end();
    await clock.advance(3_000);
    expect(events.flatMap((event) => (event.type === 'sentence' ? [event.text] : []))).toEqual(['Short.', 'And late.']);
    await expectNothingLeft();
  });

  it('reports progress while one long text is spoken', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { reply, events } = talk();
    reply.say('A long story.', speechOf(60_000));
    reply.end();
    await clock.advance(70_000);
    expect(events.filter(({ type }) => type === 'progress').length).toBeGreaterThanOrEqual(5);
    expect(events.at(-1)).toMatchObject({ type: 'finished' });
    await expectNothingLeft();
  });

  it('may follow or precede a sentence of the voice', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { reply, events, last } = talk();
    reply.say('One moment.');
    reply.say('Here it is.', speechOf(900));
    reply.say('Shall I?');
    reply.end();
    await clock.advance(9_000);
    expect(events.flatMap((event) => (event.type === 'sentence' ? [event.text] : []))).toEqual([
      'One moment.',
      'Here it is.',
      'Shall I?',
    ]);
    expect(last()).toMatchObject({ type: 'finished' });
    await expectNothingLeft();
  });
});
