import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { inProcessEncoder } from '../../../test/fakes/in-process-encoder.js';
import { scriptedSeconds, scriptedTts, type ScriptedTts } from '../../../test/fakes/scripted-tts.js';
import { ChorusError, type MetricName, Scope, silentLogger } from '../../core/index.js';
import type { SlotRequest, Slots } from '../../scheduling/port.js';
import { createSpeaking, type ReplyEvent } from './index.js';
import { SentenceEncoder } from './sentence-encoder.js';

beforeAll(async () => {
  // The MP3 module is loaded from disk once; afterwards nothing in these tests waits for real time.
  (await SentenceEncoder.create({ format: { kind: 'mp3' }, targetLufs: -18, known: undefined, trailingMs: 0, opus: { complexity: 0, bitrate: 32_000 } })).close();
});

afterEach(() => void vi.useRealTimers());

interface Sent {
  readonly atMs: number;
  readonly timestampMs: number;
  readonly packet: Uint8Array;
}

function setup(makeProviders: (clock: FakeClock) => readonly ScriptedTts[]) {
  const clock = new FakeClock();
  const failed: unknown[] = [];
  const scope = new Scope('test', (name, error) => failed.push([name, error]));
  const slotRequests: SlotRequest[] = [];
  let busy = 0;
  const slots: Slots & { readonly busy: () => number } = {
    busy: () => busy,
    async run(request, signal, work) {
      slotRequests.push(request);
      signal.throwIfAborted();
      busy += 1;
      try {
        return await work(signal, { waitedMs: 0 });
      } finally {
        busy -= 1;
      }
    },
  };
  const counts = new Map<string, number>();
  const metrics = {
    count: (name: MetricName, labels?: object) => void counts.set(`${name}${JSON.stringify(labels ?? {})}`, (counts.get(`${name}${JSON.stringify(labels ?? {})}`) ?? 0) + 1),
    gauge: () => undefined,
    observe: () => undefined,
  };
  const encoder = inProcessEncoder();
  const providers = makeProviders(clock);
  const speaking = createSpeaking({ clock, log: silentLogger, metrics, scope, slots, encoder, providers });
  const talk = (options: { deviceId?: string; voice?: string; language?: string; notBeforeMs?: number } = {}) => {
    const events: ReplyEvent[] = [];
    const sent: Sent[] = [];
    const marks: string[] = [];
    const reply = speaking.reply(
      {
        deviceId: options.deviceId ?? 'd',
        language: options.language ?? 'en-US',
        ...(options.voice === undefined ? {} : { voice: options.voice }),
        notBeforeMs: options.notBeforeMs ?? clock.nowMs() + 100,
        sink: {
          queueCeiling: 16,
          bufferedBytes: () => 0,
          sendPacket: (packet, timestampMs) => {
            sent.push({ atMs: clock.nowMs(), timestampMs, packet });
            marks.push('packet');
          },
        },
      },
      (event) => {
        events.push(event);
        marks.push(event.type === 'sentence' ? `sentence ${event.index}` : event.type);
      },
    );
    return { reply, events, sent, marks, last: () => events.at(-1) };
  };
  /** Nothing may be left: no task, timer, encoder, slot. */
  const expectNothingLeft = async () => {
    await clock.advance(0);
    expect(scope.tree()).toMatchObject({ tasks: [], children: [] });
    expect(clock.pending).toBe(0);
    expect(encoder.open()).toBe(0);
    expect(slots.busy()).toBe(0);
    expect(speaking.replies).toBe(0);
    expect(failed).toEqual([]);
  };
  return { clock, scope, providers, speaking, talk, expectNothingLeft, slotRequests, counts };
}

const TEN = 'ten letters and ten '; // 20 letters: 2 s
const FAIL = new ChorusError('tts.failed', 'scripted');

describe('a reply', () => {
  it('speaks its sentences in order, announces each with its first packet, and finishes when all was played', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }])]);
    const { reply, events, sent, marks } = talk();
    reply.say(TEN);
    reply.say('And one more sentence.');
    reply.end();
    await clock.advance(10_000);
    expect(events.map((event) => event.type)).toEqual(['sentence', 'first_packet', 'sentence', 'finished']);
    expect(marks.indexOf('sentence 0')).toBe(0);
    expect(marks[1]).toBe('packet');
    expect(marks[marks.indexOf('sentence 1') + 1]).toBe('packet');
    const finished = events.at(-1);
    if (finished?.type !== 'finished') throw new Error('not finished');
    expect(finished.stats).toMatchObject({ packets: sent.length, underruns: 0, sentences: 2, cachedSentences: 0, firstAudioMs: 300 });
    // 4.2 s of speech, and the silence of its last syllable may be taken off.
    const spokenMs = (scriptedSeconds(TEN) + scriptedSeconds('And one more sentence.')) * 1000;
    expect(sent.length * 60).toBeGreaterThan(spokenMs - 500);
    expect(sent.length * 60).toBeLessThan(spokenMs + 300);
    expect(providers[0]?.requests.map((request) => request.text)).toEqual([TEN, 'And one more sentence.']);
    await expectNothingLeft();
  });

  it('respects the earliest moment, and spaces packets by 20 ms or more', async () => {
    const { clock, talk, expectNothingLeft } = setup((clock) => [scriptedTts('fast', clock, [{}])]);
    const { reply, sent } = talk({ notBeforeMs: 100 });
    reply.say(TEN);
    reply.end();
    await clock.advance(8000);
    expect(sent[0]?.atMs).toBe(100);
    for (const [i, packet] of sent.entries()) {
      if (i === 0) continue;
      expect(packet.atMs - sent[i - 1]!.atMs).toBeGreaterThanOrEqual(20);
      expect(packet.timestampMs).toBeGreaterThan(sent[i - 1]!.timestampMs);
    }
    await expectNothingLeft();
  });

  it('synthesises the next sentence while it speaks this one', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ firstMs: 1500 }])]);
    const { reply, last } = talk();
    for (let i = 0; i < 4; i++) reply.say(TEN);
    reply.end();
    await clock.advance(2200);
    expect(providers[0]?.requests.length).toBe(2);
    await clock.advance(20_000);
    expect(last()).toMatchObject({ type: 'finished', stats: { underruns: 0 } });
    await expectNothingLeft();
  });

  it('stops reading the provider when 10 s are encoded ahead, and goes on later', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('fast', clock, [{}])]);
    const long = 'a'.repeat(300); // 30 s
    const { reply, sent, last } = talk();
    reply.say(long);
    reply.end();
    await clock.advance(1000);
    // 10 s ahead, and what lies between provider and encoder: 64 KB are 1.4 s.
    expect(providers[0]!.pieces * 0.2).toBeLessThan(14);
    await clock.advance(40_000);
    expect(sent.length).toBeGreaterThan(485);
    expect(last()).toMatchObject({ type: 'finished', stats: { underruns: 0 } });
    await expectNothingLeft();
  });

  it('holds a fast writer back until another sentence is wanted', async () => {
    const { clock, talk, expectNothingLeft } = setup((clock) => [scriptedTts('cloud', clock, [{ firstMs: 500 }])]);
    const { reply } = talk();
    let ready = 0;
    const write = (async () => {
      for (let i = 0; i < 5; i++) {
        await reply.ready();
        ready += 1;
        reply.say(TEN);
      }
      reply.end();
    })();
    await clock.advance(100);
    expect(ready).toBe(3);
    await clock.advance(30_000);
    expect(ready).toBe(5);
    await write;
    await expectNothingLeft();
  });

  it('finishes, in a later turn, when nothing was said', async () => {
    const { clock, talk, expectNothingLeft } = setup((clock) => [scriptedTts('fast', clock, [{}])]);
    const { reply, events } = talk();
    reply.say('  ');
    reply.end();
    expect(events).toEqual([]);
    await clock.advance(0);
    expect(events).toMatchObject([{ type: 'finished', stats: { packets: 0, sentences: 0 } }]);
    await expectNothingLeft();
  });
});

describe('stop', () => {
  it('lets no packet out any more and tells what was heard', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ firstMs: 100, pieceMs: 10 }])]);
    const { reply, sent, events } = talk();
    reply.say('One two three four.');
    reply.say('Five six seven eight nine ten eleven.');
    await clock.advance(100 + 2800);
    const count = events.length;
    const packets = sent.length;
    const heard = reply.stop();
    // 1.9 s of the first, and 0.7 of the second's 3.6 s: one of its seven words.
    expect(heard.text).toBe('One two three four. Five');
    expect(heard.playedMs).toBeGreaterThan(2500);
    expect(heard.playedMs).toBeLessThanOrEqual(2800);
    reply.say('Too late.');
    reply.end();
    await clock.advance(20_000);
    expect(sent).toHaveLength(packets);
    expect(events).toHaveLength(count);
    expect(providers[0]?.requests.length).toBe(2);
    expect(reply.stop().text).toBe(heard.text);
    await expectNothingLeft();
  });

  it.each([
    ['before anything was said', [], 50],
    ['while the voice is silent', [{ firstMs: 2000 }], 500],
    ['while the voice hangs beyond its signal', [{ firstMs: Infinity }], 500],
    ['while the stream hangs beyond its signal', [{ hangAfter: 2 }], 900],
  ])('%s leaves nothing behind', async (_when, script, afterMs) => {
    const { clock, talk, expectNothingLeft } = setup((clock) => [scriptedTts('cloud', clock, script)]);
    const { reply, sent } = talk();
    if (script.length > 0) reply.say(TEN);
    await clock.advance(afterMs);
    const packets = sent.length;
    reply.stop();
    await clock.advance(30_000);
    expect(sent).toHaveLength(packets);
    await expectNothingLeft();
  });

  it('comes with the end of the server, too', async () => {
    const { clock, talk, scope, speaking } = setup((clock) => [scriptedTts('cloud', clock, [{ pieceMs: 50 }])]);
    const { reply, sent } = talk();
    reply.say(TEN);
    await clock.advance(500);
    await scope.close();
    const packets = sent.length;
    await clock.advance(5000);
    expect(sent).toHaveLength(packets);
    expect(clock.pending).toBe(0);
    expect(speaking.replies).toBe(0);
    const late = talk();
    late.reply.say(TEN);
    late.reply.end();
    await clock.advance(5000);
    expect(late.sent).toEqual([]);
  });
});

describe('voices that fail', () => {
  it('a hiccup is tried again before it is heard', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ error: FAIL }, {}])]);
    const { reply, last } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(8000);
    expect(last()?.type).toBe('finished');
    expect(providers[0]?.requests.length).toBe(2);
    await expectNothingLeft();
  });

  it('an error that stays is not tried again', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ error: new ChorusError('tts.unavailable', 'no') }])]);
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
    ['sends no MP3 but a page', { format: { kind: 'mp3' as const }, bytes: new TextEncoder().encode('<html>bad gateway</html>'.repeat(1000)) }],
    ['sends noise for MP3', { format: { kind: 'mp3' as const }, bytes: Uint8Array.from({ length: 60_000 }, (_, i) => (i * i * 31 + i * 7) % 251) }],
    ['sends silence', { bytes: new Uint8Array(96_000) }],
    ['sends nothing', { bytes: new Uint8Array(0) }],
    ['breaks off before it is heard', { breakAfter: 0 }],
  ])('one that %s is replaced by the next', async (_how, script) => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [script]), scriptedTts('local', clock, [{}], { local: true })]);
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

  it('a sentence that fails before the device has any of it is spoken whole by the next voice', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{}, { breakAfter: 5 }]), scriptedTts('local', clock, [{}], { local: true })]);
    const { reply, events } = talk();
    reply.say(TEN);
    reply.say('the second sentence ');
    reply.say('the third sentence  ');
    reply.end();
    await clock.advance(20_000);
    expect(events.map((event) => event.type)).toEqual(['sentence', 'first_packet', 'sentence', 'sentence', 'finished']);
    expect(events.at(-1)).toMatchObject({ stats: { underruns: 0 } });
    // The voice has changed, and stays.
    expect(providers[1]?.requests.map((request) => request.text)).toEqual(['the second sentence ', 'the third sentence  ']);
    await expectNothingLeft();
  });

  it('one that breaks off while it is heard ends the reply after what was made', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ pieceMs: 150, breakAfter: 8 }]), scriptedTts('local', clock, [{}], { local: true })]);
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

  it('a stream that stalls ends the reply within the limit', async () => {
    const { clock, talk, expectNothingLeft } = setup((clock) => [scriptedTts('cloud', clock, [{ pieceMs: 150, hangAfter: 8 }])]);
    const { reply, events } = talk();
    reply.say(TEN);
    reply.end();
    await clock.advance(1200 + 4000 + 100);
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'tts.timeout' } });
    await expectNothingLeft();
  });

  it('a slow one makes the device run dry, which is counted', async () => {
    const { clock, talk, expectNothingLeft, counts } = setup((clock) => [scriptedTts('slow', clock, [{ pieceMs: 400 }])]);
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

  it('the voice changes at most once in a conversation, and not back', async () => {
    const { clock, talk, expectNothingLeft, providers } = setup((clock) => [
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
    // Another device begins with the preferred voice; so does this one in its next conversation.
    expect(await say('e')).toBe('finished');
    await clock.advance(120_000);
    expect(await say()).toBe('finished');
    expect(asked()).toEqual([4, 3, 0]);
    await expectNothingLeft();
  });

  it('a voice that never speaks in time is left alone for half a minute, then tried again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { clock, talk, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ error: FAIL }, { error: FAIL }, { error: FAIL }, {}]), scriptedTts('local', clock, [{}], { local: true })]);
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
    vi.advanceTimersByTime(31_000);
    await say('e');
    expect(providers.map((provider) => provider.requests.length)).toEqual([4, 3]);
  });

  it('a language that nobody speaks fails with its own error', async () => {
    const { clock, talk } = setup((clock) => [scriptedTts('flite', clock, [{}], { languages: ['en'] })]);
    const { reply, events } = talk({ language: 'ja-JP' });
    reply.say('こんにちは');
    await clock.advance(100);
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'tts.unavailable' } }]);
  });

  it('gives the named voice to its provider only', async () => {
    const { clock, talk, providers } = setup((clock) => [scriptedTts('cloud', clock, [{ error: new ChorusError('tts.unavailable', 'no') }]), scriptedTts('local', clock, [{}])]);
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
});

describe('local voices', () => {
  it('hold a slot only while they synthesise, due when the device would run dry', async () => {
    const { clock, talk, slotRequests, expectNothingLeft } = setup((clock) => [scriptedTts('local', clock, [{ firstMs: 100 }], { local: true })]);
    const { reply } = talk({ notBeforeMs: 100 });
    reply.say(TEN);
    reply.say(TEN);
    reply.end();
    await clock.advance(20_000);
    expect(slotRequests).toHaveLength(2);
    expect(slotRequests[0]).toMatchObject({ kind: 'tts', deviceId: 'd', deadlineMs: 100, predictedMs: 20 });
    expect(slotRequests[1]?.deadlineMs).toBeGreaterThan(1800);
    expect(slotRequests[1]?.deadlineMs).toBeLessThan(2500);
    await expectNothingLeft();
  });
});

describe('phrases', () => {
  it('that are configured are synthesised once, as work without a deadline', async () => {
    const { clock, talk, speaking, providers, slotRequests, counts, expectNothingLeft } = setup((clock) => [scriptedTts('local', clock, [{ firstMs: 50 }], { local: true })]);
    const warm = speaking.warm([{ text: 'Yes?', language: 'en-US' }]);
    await clock.advance(1000);
    await warm;
    expect(slotRequests[0]?.deadlineMs).toBeUndefined();
    for (const deviceId of ['a', 'b']) {
      const { reply, last, sent } = talk({ deviceId, notBeforeMs: clock.nowMs() });
      const startMs = clock.nowMs();
      reply.say('Yes?');
      reply.say(TEN);
      reply.end();
      await clock.advance(5000);
      expect(sent[0]?.atMs).toBe(startMs);
      expect(last()).toMatchObject({ type: 'finished', stats: { cachedSentences: 1, sentences: 2 } });
    }
    expect(providers[0]?.requests.map((request) => request.text)).toEqual(['Yes?', TEN, TEN]);
    expect(counts.get('chorus_phrase_cache_total{"result":"hit"}')).toBe(2);
    await expectNothingLeft();
  });

  it('are spoken even when no voice works any more', async () => {
    const { clock, talk, speaking, expectNothingLeft } = setup((clock) => [scriptedTts('cloud', clock, [{}, {}, { error: new ChorusError('tts.unavailable', 'no') }]), scriptedTts('other', clock, [{}, { error: new ChorusError('tts.unavailable', 'no') }])]);
    const warm = speaking.warm([{ text: 'I am sorry.', language: 'en-US' }]);
    await clock.advance(1000);
    await warm;
    const run = async (text: string) => {
      const { reply, last } = talk();
      reply.say(text);
      reply.end();
      await clock.advance(5000);
      return last()?.type;
    };
    expect(await run(TEN)).toBe('finished');
    expect(await run('second sentence')).toBe('finished');
    expect(await run('third sentence')).toBe('failed');
    expect(await run('I am sorry.')).toBe('finished');
    await expectNothingLeft();
  });
});
