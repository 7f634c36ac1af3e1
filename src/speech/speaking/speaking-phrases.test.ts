import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, FAIL, loadMp3, TEN } from '../../../test/fakes/speaking-world.js';
import { ChorusError } from '../../core/index.js';
import { ALARM_TONE, HINT_TONE } from './speaking-port.js';

beforeAll(loadMp3);

describe('local voices', () => {
  it("occupy a slot only while they synthesise, with the device's underrun as deadline", async () => {
    const { clock, talk, slotRequests, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('local', clock, [{ firstMs: 100 }], { local: true, pool: { id: 'one', size: 1 } }),
    ]);
    const { reply } = talk({ notBeforeMs: 100 });
    reply.say(TEN);
    reply.say(TEN);
    reply.end();
    await clock.advance(20_000);
    expect(slotRequests).toHaveLength(2);
    expect(slotRequests[0]).toMatchObject({
      kind: 'tts',
      deviceId: 'd',
      deadlineMs: 100,
      playing: false,
      predictedMs: 20,
      pool: { id: 'one', size: 1 },
    });
    expect(slotRequests[1]?.playing).toBe(true);
    expect(slotRequests[1]?.deadlineMs).toBeGreaterThan(1800);
    expect(slotRequests[1]?.deadlineMs).toBeLessThan(2500);
    await expectNothingLeft();
  });
});

describe('the first sentence', () => {
  it('is due when the user should hear it; the next one is due when the device would run out of audio', async () => {
    const { clock, talk, slotRequests, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('local', clock, [{ firstMs: 100 }], { local: true }),
    ]);
    await clock.advance(2000);
    const { reply } = talk({ notBeforeMs: 2120, wantedMs: 700 });
    reply.say(TEN);
    reply.say(TEN);
    reply.end();
    await clock.advance(20_000);
    expect(slotRequests[0]).toMatchObject({ deadlineMs: 700, playing: false });
    expect(slotRequests[1]?.deadlineMs).toBeGreaterThan(2120);
    await expectNothingLeft();
  });
});

describe('the preferred voice', () => {
  const yes = { text: 'Yes?', language: 'en-US' };

  it('is loaded before the first turn if it is local', async () => {
    const { clock, speaking, providers, slotRequests, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('french', clock, [{}], { local: true, languages: ['fr'] }),
      scriptedTts('local', clock, [{ firstMs: 700 }], { local: true }),
      scriptedTts('next', clock, [{}], { local: true }),
    ]);
    let loaded = false;
    const loading = speaking.loadVoice(yes).then(() => (loaded = true));
    await clock.advance(600);
    expect(loaded).toBe(false);
    await clock.advance(400);
    await loading;
    expect(providers.map(({ requests }) => requests.length)).toEqual([0, 1, 0]);
    // A request without a deadline would be dropped if no slot is idle.
    expect(slotRequests[0]?.deadlineMs).toBeGreaterThan(0);
    await expectNothingLeft();
  });

  it('is not loaded if it is a cloud voice, and a failed load does not delay readiness', async () => {
    const cloud = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{}]),
      scriptedTts('local', clock, [{}], { local: true }),
    ]);
    await cloud.speaking.loadVoice(yes);
    expect(cloud.providers.map(({ requests }) => requests.length)).toEqual([0, 0]);
    const broken = createSpeakingWorld((clock) => [scriptedTts('local', clock, [{ error: FAIL }], { local: true })]);
    await broken.speaking.loadVoice(yes);
    expect(broken.providers[0]?.requests).toHaveLength(1);
    const none = createSpeakingWorld((clock) => [
      scriptedTts('french', clock, [{}], { local: true, languages: ['fr'] }),
    ]);
    await none.speaking.loadVoice(yes);
    await broken.expectNothingLeft();
  });
});

describe('phrases', () => {
  it('are synthesised once if they are configured, as work without a deadline', async () => {
    const { clock, talk, speaking, providers, slotRequests, counts, expectNothingLeft } = createSpeakingWorld(
      (clock) => [scriptedTts('local', clock, [{ firstMs: 50 }], { local: true })],
    );
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

  it('are spoken even if no voice works', async () => {
    const { clock, talk, speaking, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{}, {}, { error: new ChorusError('tts.unavailable', 'no') }]),
      scriptedTts('other', clock, [{}, { error: new ChorusError('tts.unavailable', 'no') }]),
    ]);
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

  it('are not synthesised again for a fourth device if three devices have heard them', async () => {
    const { clock, talk, providers, counts, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 300 }]),
    ]);
    const heard: (readonly Uint8Array[])[] = [];
    for (const deviceId of ['a', 'b', 'b', 'c', 'd', 'a']) {
      const { reply, sent, last } = talk({ deviceId });
      reply.say('It is raining.');
      reply.end();
      await clock.advance(5000);
      expect(last()?.type).toBe('finished');
      heard.push(sent.map(({ packet }) => packet));
    }
    expect(providers[0]?.requests).toHaveLength(4);
    expect(heard[4]).toEqual(heard[3]);
    expect(heard[5]).toEqual(heard[3]);
    expect(counts.get('chorus_phrase_cache_total{"result":"miss"}')).toBe(1);
    expect(counts.get('chorus_phrase_cache_total{"result":"hit"}')).toBe(2);
    await expectNothingLeft();
  });

  it('are not taken from another voice within a conversation', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{}]),
    ]);
    for (const deviceId of ['a', 'b', 'c', 'd']) {
      const { reply } = talk({ deviceId, voice: deviceId === 'd' ? 'Sonia' : 'Aria' });
      reply.say('It is raining.');
      reply.end();
      await clock.advance(5000);
    }
    expect(providers[0]?.requests.map(({ voice }) => voice)).toEqual(['Aria', 'Aria', 'Aria', 'Sonia']);
    await expectNothingLeft();
  });

  it('are not cached if the user cuts them off', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ pieceMs: 100 }]),
    ]);
    for (const deviceId of ['a', 'b', 'c', 'd']) {
      const { reply } = talk({ deviceId });
      reply.say(TEN);
      reply.end();
      await clock.advance(400);
      reply.stop();
      await clock.advance(5000);
    }
    expect(providers[0]?.requests).toHaveLength(4);
    await expectNothingLeft();
  });
});

describe('a tone', () => {
  it('sounds while every voice fails, and does not count as a success of the voice', async () => {
    const { clock, talk, providers, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: FAIL }]),
    ]);
    const run = async (...texts: readonly string[]) => {
      const { reply, sent, last } = talk();
      for (const text of texts) reply.say(text);
      reply.end();
      await clock.advance(5000);
      return { type: last()?.type, packets: sent.length };
    };
    for (const text of ['one', 'two']) expect(await run(text)).toEqual({ type: 'failed', packets: 0 });
    const asked = providers[0]?.requests.length ?? 0;
    // The circuit breaker of the voice is open now.
    expect((await run(HINT_TONE)).packets).toBeGreaterThan(5);
    const ring = await run(ALARM_TONE, 'It is seven.');
    expect(ring).toMatchObject({ type: 'failed' });
    expect(ring.packets).toBeGreaterThan(20);
    expect(providers[0]?.requests).toHaveLength(asked);
    await clock.advance(30_000);
    await run(HINT_TONE, 'three');
    expect(providers[0]?.requests).toHaveLength(asked + 1);
    await expectNothingLeft();
  });
});

describe('a recording', () => {
  const packets = Array.from({ length: 400 }, (_, at) => new Uint8Array([0x18, at % 256]));

  it('is sent in its place in the reply, reports progress, and needs no voice', async () => {
    const { clock, talk, slotRequests, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('voice', clock, [{}]),
    ]);
    const { reply, sent, events, last } = talk();
    reply.sayRecorded('Grandma sings', packets);
    reply.say(TEN);
    reply.end();
    await clock.advance(60_000);
    expect(sent.slice(0, packets.length).map(({ packet }) => packet)).toEqual(packets);
    expect(events.flatMap((event) => (event.type === 'sentence' ? [event.text] : []))).toEqual(['Grandma sings', TEN]);
    expect(events.filter(({ type }) => type === 'progress').length).toBeGreaterThanOrEqual(2);
    expect(last()).toMatchObject({ type: 'finished', stats: { underruns: 0, sentences: 2, cachedSentences: 0 } });
    expect(slotRequests).toEqual([]);
    await expectNothingLeft();
  });

  it('ends when it is interrupted', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld(() => []);
    const { reply, sent } = talk();
    reply.sayRecorded('Grandma sings', packets);
    reply.end();
    await clock.advance(3000);
    const heard = reply.stop();
    const count = sent.length;
    await clock.advance(10_000);
    expect(sent).toHaveLength(count);
    expect(heard.playedMs).toBeLessThan(3000);
    await expectNothingLeft();
  });
});
