import { beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { scriptedTts, type ScriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, FAIL, loadMp3, TEN } from '../../../test/fakes/speaking-world.js';
import { ChorusError } from '../../core/index.js';
import { Circuits } from '../../providers/index.js';
import { DEFAULT_PACING } from './pacing/pacing-schedule.js';
import { DEFAULT_LIMITS } from './speaking.js';

beforeAll(loadMp3);

describe('voices that fail', () => {
  it('are tried again after a brief failure before any audio is played', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: FAIL }, {}]),
    ]);
    const { reply, last } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(8000);
    expect(last()?.type).toBe('finished');
    expect(providers[0]?.requests.length).toBe(2);
    await expectNothingLeft();
  });

  it('are not tried again after a permanent error', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: new ChorusError('tts.unavailable', 'no') }]),
    ]);
    const { reply, events } = talk();
    reply.say(TEN);
    reply.say(TEN);
    await clock.advance(8000);
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'tts.unavailable' }, stats: { packets: 0 } }]);
    expect(providers[0]?.requests.length).toBe(1);
    await reply.ready();
    await expectNothingLeft();
  });

  it.each([
    ['hangs', { firstMs: Infinity }],
    ['never sends audio', { hangAfter: 0 }],
    [
      'sends a web page instead of MP3',
      { format: { kind: 'mp3' as const }, bytes: new TextEncoder().encode('<html>bad gateway</html>'.repeat(1000)) },
    ],
    [
      'sends noise for MP3',
      {
        format: { kind: 'mp3' as const },
        bytes: Uint8Array.from({ length: 60_000 }, (_, i) => (i * i * 31 + i * 7) % 251),
      },
    ],
    ['sends silence', { bytes: new Uint8Array(96_000) }],
    ['sends nothing', { bytes: new Uint8Array(0) }],
    ['breaks off before any audio is played', { breakAfter: 0 }],
  ])('are replaced by the next one: a voice that %s', async (_how, script) => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [script]),
      scriptedTts('local', clock, [{}], { local: true }),
    ]);
    const { reply, last, sent } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(15_000);
    expect(last()?.type).toBe('finished');
    expect(sent.length * 60).toBeGreaterThan(1500);
    expect(sent[0]!.atMs).toBeLessThan(4500);
    expect(providers[1]?.requests.length).toBe(1);
    await expectNothingLeft();
  });

  it('are replaced for a whole sentence if it failed before its first packet', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{}, { breakAfter: 5 }]),
      scriptedTts('local', clock, [{}], { local: true }),
    ]);
    const { reply, events } = talk();
    reply.say(TEN);
    reply.say('the second sentence ');
    reply.say('the third sentence  ');
    reply.end();
    await clock.advance(20_000);
    expect(events.map((event) => event.type).join(' ')).toBe(
      'sentence first_packet sentence_sent sentence sentence_sent sentence sentence_sent finished',
    );
    expect(events.at(-1)).toMatchObject({ stats: { underruns: 0 } });
    // Once the voice has changed, it does not change back.
    expect(providers[1]?.requests.map((request) => request.text)).toEqual([
      'the second sentence ',
      'the third sentence  ',
    ]);
    await expectNothingLeft();
  });

  it('end the reply after the audio so far if a sentence fails while it is played', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ pieceMs: 150, breakAfter: 8 }]),
      scriptedTts('local', clock, [{}], { local: true }),
    ]);
    const { reply, events, sent } = talk();
    reply.say(TEN);
    reply.say(TEN);
    reply.end();
    await clock.advance(20_000);
    expect(events.map((event) => event.type)).toEqual(['sentence', 'first_packet', 'failed']);
    expect(sent.length * 60).toBeGreaterThan(1000);
    expect(sent.length * 60).toBeLessThan(1700);
    expect(providers[1]?.requests.length).toBe(0);
    await expectNothingLeft();
  });

  it('end the reply within the time limit if a stream stalls', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ pieceMs: 150, hangAfter: 8 }]),
    ]);
    const { reply, events } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(1200 + 4000 + 100);
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'tts.timeout' } });
    // Only the signal can end a stream that hangs, and close its connection.
    expect(providers[0]?.signals.map(({ aborted }) => aborted)).toEqual([true]);
    await expectNothingLeft();
  });

  it('cause an underrun, which is counted, if a stream is too slow', async () => {
    const { clock, talk, expectNothingLeft, counts } = createSpeakingWorld((clock) => [
      scriptedTts('slow', clock, [{ pieceMs: 400 }]),
    ]);
    const { reply, last } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(20_000);
    const event = last();
    if (event?.type !== 'finished') throw new Error('not finished');
    expect(event.stats.underruns).toBeGreaterThan(1);
    expect(event.stats.underrunMs).toBeGreaterThan(500);
    expect(counts.get('chorus_underruns_predicted_total{}')).toBe(event.stats.underruns);
    await expectNothingLeft();
  });

  it('are changed at most once in a conversation, and not back', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('one', clock, [{}, { error: new ChorusError('tts.unavailable', 'no') }, {}]),
      scriptedTts('two', clock, [{}, {}, { error: new ChorusError('tts.unavailable', 'no') }]),
      scriptedTts('three', clock, [{}]),
    ]);
    const say = async (deviceId = 'd') => {
      const { reply, last } = talk({ deviceId });
      reply.say(TEN);
      reply.end();
      await clock.advance(5000);
      return last()?.type;
    };
    const asked = () => providers.map((provider) => provider.requests.length);
    expect(await say()).toBe('finished');
    expect(asked()).toEqual([1, 0, 0]);
    expect(await say()).toBe('finished');
    expect(asked()).toEqual([2, 1, 0]);
    expect(await say()).toBe('finished');
    expect(asked()).toEqual([2, 2, 0]);
    expect(await say()).toBe('failed');
    expect(asked()).toEqual([2, 3, 0]);
    // Another device begins with the preferred voice, and so does the first device in its next conversation.
    expect(await say('e')).toBe('finished');
    await clock.advance(120_000);
    expect(await say()).toBe('finished');
    expect(asked()).toEqual([4, 3, 0]);
    await expectNothingLeft();
  });

  it('are not asked for 30 s after never speaking in time, and are then tried again', async () => {
    const { clock, talk, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: FAIL }, { error: FAIL }, { error: FAIL }, {}]),
      scriptedTts('local', clock, [{}], { local: true }),
    ]);
    const say = async (deviceId: string) => {
      const { reply, last } = talk({ deviceId });
      reply.say(TEN);
      reply.end();
      await clock.advance(5000);
      expect(last()?.type).toBe('finished');
    };
    await say('a');
    await say('b');
    expect(providers[0]?.requests.length).toBe(3);
    await say('c');
    expect(providers[0]?.requests.length).toBe(3);
    await clock.advance(31_000);
    await say('e');
    expect(providers.map((provider) => provider.requests.length)).toEqual([4, 3]);
  });

  it('fail with an error of its own if no voice speaks the language', async () => {
    const { clock, talk } = createSpeakingWorld((clock) => [scriptedTts('flite', clock, [{}], { languages: ['en'] })]);
    const { reply, events } = talk({ language: 'ja-JP' });
    reply.say('こんにちは');
    await clock.advance(100);
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'tts.unavailable' } }]);
  });

  it('are asked for a named voice only if they have a voice of that name', async () => {
    const { clock, talk, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: new ChorusError('tts.unavailable', 'no') }]),
      scriptedTts('local', clock, [{}]),
    ]);
    const first = talk({ voice: 'Ava' });
    first.reply.say(TEN);
    first.reply.end();
    await clock.advance(5000);
    expect(providers.map((provider) => provider.requests[0]?.voice)).toEqual(['Ava', undefined]);
    const second = talk({ voice: 'local:slt', deviceId: 'e' });
    second.reply.say(TEN);
    second.reply.end();
    await clock.advance(5000);
    expect(providers[1]?.requests[1]?.voice).toBe('slt');
    expect(providers[0]?.requests.length).toBe(1);
  });

  it('are chosen anew when another voice is requested, such as that of another agent', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('one', clock, [{ error: new ChorusError('tts.unavailable', 'no') }, {}]),
      scriptedTts('two', clock, [{}]),
    ]);
    const say = async (voice: string): Promise<void> => {
      const { reply } = talk({ voice });
      reply.say(TEN);
      reply.end();
      await clock.advance(5000);
    };
    const asked = () => providers.map(({ requests }) => requests.map(({ voice }) => voice));
    await say('one:ava');
    await say('one:ava');
    expect(asked()).toEqual([['ava'], [undefined, undefined]]);
    await say('two:slt');
    await say('one:ben');
    expect(asked()).toEqual([
      ['ava', 'ben'],
      [undefined, undefined, 'slt'],
    ]);
    await expectNothingLeft();
  });

  it('are not asked again just because the configuration was reloaded', async () => {
    const circuits = new Circuits(new FakeClock());
    const made = (clock: FakeClock): ScriptedTts => {
      const cloud = scriptedTts('cloud', clock, [{ error: new ChorusError('tts.unavailable', 'no') }]);
      circuits.adopt(cloud, ['cloud', 'k']);
      return cloud;
    };
    const local = (clock: FakeClock): ScriptedTts => scriptedTts('local', clock, [{}], { local: true });
    const world = createSpeakingWorld((clock) => [made(clock), local(clock)], undefined, { circuits });
    const { clock, talk, providers, speaking } = world;
    const say = async (device: number): Promise<void> => {
      const { reply } = talk({ deviceId: `d${device}` });
      reply.say(TEN);
      reply.end();
      await clock.advance(8000);
    };
    for (let device = 0; device < 4; device++) await say(device);
    expect(providers[0]?.requests.length).toBe(3);
    const again = made(clock);
    const settings = { limits: DEFAULT_LIMITS, pacing: DEFAULT_PACING, recipe: '' };
    await speaking.reconfigure({ ...settings, providers: [again, local(clock)] });
    await say(4);
    expect(again.requests.length).toBe(0);
    await world.expectNothingLeft();
  });
});
