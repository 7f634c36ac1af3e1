import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EMOTIONS, opusDurationMs } from '../../src/device/protocol/index.js';
import { reply, text, type FakeLlmServer, type LlmScript } from '../fakes/llm-server.js';
import { listeningChecklist } from './conformance-listening.js';
import { DownlinkTimes } from './downlink-times.js';
import { isMessage, type RawDevice } from './raw-device.js';
import { ask, ScriptedServer, SENTENCE, SHORT } from './scripted-server.js';
import type { ServerUnderTest } from './server.js';
import { utterance } from './transcripts.js';

/**
 * Tests docs/protocol.md, checklist 34 to 58, with real sockets, VAD, ASR and TTS, while another device plays a reply
 * of one minute.
 */

/** About a minute of speech. */
const MINUTE = Array.from({ length: 10 }, (_, i) => `Number ${i + 1}. ${SENTENCE}`);
const LONG = reply(SENTENCE, SENTENCE);
/** An answer that begins and then never continues. */
const UNFINISHED: LlmScript = {
  kind: 'sse',
  chunks: [text('Well, this is how it begins. And this is what comes next. '), text('And')],
  end: 'stall',
};

/**
 * Number of devices that may talk at the same time: the one with the long reply, two of the current test, and those of
 * the previous test that are still open.
 */
const CONVERSATIONS = 5;

describe('protocol checklist through a real socket', () => {
  let scripted: ScriptedServer;
  let server: ServerUnderTest;
  let llm: FakeLlmServer;
  let downlink: DownlinkTimes;
  /** Plays a reply of one minute during all other tests. */
  let talker: RawDevice;

  beforeAll(async () => {
    downlink = new DownlinkTimes();
    scripted = await ScriptedServer.start({
      'llm.first_token_ms': '20000',
      max_concurrent_sessions: String(CONVERSATIONS),
    });
    ({ server, llm } = scripted);
    llm.script(reply(...MINUTE));
    talker = await server.raw();
    await ask(talker);
    await talker.audio();
    llm.script(SHORT);
  }, 90_000);
  afterAll(async () => {
    await scripted.stop();
    downlink.restore();
  });
  afterEach(() => {
    llm.script(SHORT);
    for (const device of server.raws) {
      expect(device.violations()).toEqual([]);
      if (device !== talker) device.vanish();
    }
  });

  const sessions = (): number => server.alive().filter((line) => /\/sessions\/session [^/:]*$/.test(line)).length;

  it('45 each tts start has one tts stop: after a model error, an answer without words, an abort', async () => {
    const devices: RawDevice[] = [];
    // The devices ask one after the other, so that each gets the script that is meant for it. Then all are answered at
    // the same time.
    for (const script of [{ kind: 'status', status: 400, body: '{}' } as const, reply('😊'), LONG]) {
      llm.script(script);
      const before = llm.requests.length;
      const device = await server.raw();
      await ask(device);
      await device.message('tts', { state: 'start' });
      await llm.received(before + 1);
      devices.push(device);
    }
    await devices[2]?.audio(1);
    devices[2]?.abort();
    for (const device of devices) {
      await device.message('tts', { state: 'stop' });
      expect([device.count('tts', 'start'), device.count('tts', 'stop')]).toEqual([1, 1]);
    }
  });

  it('48 a device of firmware before 1.6 is never more than 4 packets ahead of real time', async () => {
    llm.script(LONG);
    const device = await server.raw({ firmwareVersion: '1.5.9' });
    await ask(device);
    await device.audio(60);
    // Only whole packets are counted, because the first packet may have been read a little late.
    expect(Math.floor(aheadOf(device))).toBeLessThanOrEqual(4);
    device.abort();
    await device.message('tts', { state: 'stop' });
  });

  it('51 twenty aborts at different moments: no packet more, or one, and tts stop within 100 ms', async () => {
    llm.script(LONG);
    const device = await server.raw();
    const before = downlink.aborts().length;
    for (let n = 0; n < 20; n++) {
      const mark = device.mark();
      device.send({ type: 'listen', state: 'detect', text: 'go on' });
      // Most aborts come within the first half second, while much is being generated, and the last ones come during
      // playback.
      await device.audio(n < 18 ? 1 + (n % 9) : n, mark);
      device.abort();
      await device.message('tts', { state: 'stop', from: mark });
    }
    const aborts = downlink.aborts().slice(before);
    expect(aborts).toHaveLength(20);
    expect(aborts.filter(({ packets }) => packets > 1)).toEqual([]);
    // Other tests run at the same time on the same two cores, so one of the twenty aborts may be late.
    const late = aborts.map(({ stopMs }) => stopMs).filter((stopMs) => stopMs > 100);
    expect(late.length, late.join(', ')).toBeLessThanOrEqual(1);
    expect(Math.max(0, ...late)).toBeLessThan(500);
  });

  it('52 after an abort no more messages or packets of the turn arrive', async () => {
    llm.script(LONG, SHORT);
    const device = await server.raw();
    await ask(device);
    await device.audio(10);
    const mark = device.mark();
    device.abort();
    const stop = await device.until('tts stop', (came) => isMessage(came, 'tts', 'stop'), mark, 2000);
    const after = device.log.indexOf(stop) + 1;
    // Any rest of the first turn would come before the answer of the next turn.
    await ask(device, 'austen-0930');
    await device.reply(after);
    expect(device.sentences(after)).toEqual(['All right.']);
    expect(device.count('tts', 'start', after)).toBe(1);
    expect(device.log.slice(after).findIndex(({ type }) => type === 'audio')).toBeGreaterThan(
      device.log.slice(after).findIndex((came) => isMessage(came, 'tts', 'start')),
    );
  });

  it('52 abort while the model thinks: no sentence and no audio of that turn', async () => {
    llm.script({ kind: 'silence' });
    const device = await server.raw();
    const before = llm.requests.length;
    await ask(device);
    await llm.received(before + 1);
    device.abort();
    await llm.requests[before]?.clientGone;
    llm.script(SHORT);
    const mark = await ask(device);
    await device.reply(mark);
    expect(device.sentences()).toEqual(['All right.']);
  });

  it('53, 54 abort while nothing is playing, and abort twice, are harmless', async () => {
    llm.script(LONG, SHORT);
    const device = await server.raw();
    device.abort();
    await ask(device);
    await device.audio(3);
    device.abort();
    device.abort();
    await device.message('tts', { state: 'stop' });
    device.abort();
    const mark = await ask(device);
    await device.reply(mark);
    expect(device.count('tts', 'start')).toBe(2);
    expect(device.count('tts', 'stop')).toBe(2);
  });

  it('55, 56 sentences have no emoji; the face goes into llm with a known name', async () => {
    llm.script(reply('😂 That is funny! 👍 ', 'Really 🎉 it is.'));
    const device = await server.raw();
    const mark = await ask(device);
    await device.reply(mark);
    expect(device.sentences().join(' ')).toMatch(/That is funny! Really it is\./);
    expect(device.sentences().join(' ')).not.toMatch(/\p{Extended_Pictographic}/u);
    const emotions = device.messages('llm').map((message) => message['emotion']);
    expect(emotions.length).toBeGreaterThan(0);
    for (const emotion of emotions) expect(EMOTIONS).toContain(emotion);
  });

  it('58 a device that disconnects mid-answer cancels model and voice', async () => {
    llm.script(UNFINISHED);
    const device = await server.raw();
    await ask(device);
    await device.audio(3);
    const request = llm.requests.at(-1);
    device.vanish();
    await request?.clientGone;
    // Only the device with the long reply is still connected.
    await expect.poll(() => server.running.status().connections, { timeout: 5000 }).toBe(1);
    await expect.poll(sessions, { timeout: 5000 }).toBe(1);
  });

  it('57, 58 an alert has status, message and emotion, waits for silence, and ends with its device', async () => {
    llm.script({ kind: 'silence' });
    // Starts as many conversations as the server accepts.
    const free = CONVERSATIONS - (await server.metric('chorus_sessions_talking'));
    for (let i = 0; i < free; i++) await ask(await server.raw());
    const talking = sessions();
    const [device, leaving] = [await server.raw(), await server.raw()];
    for (const one of [device, leaving]) {
      one.start();
      one.burst(utterance('austen-0880'));
    }
    await leaving.audio();
    leaving.vanish();
    const alert = await device.message('alert');
    expect(alert).toMatchObject({
      status: expect.stringMatching(/./),
      message: expect.stringMatching(/./),
      emotion: expect.stringMatching(/./),
    });
    const before = device.log.slice(
      0,
      device.log.findIndex((came) => isMessage(came, 'alert')),
    );
    expect(before.filter((came) => isMessage(came, 'tts', 'start'))).toHaveLength(
      before.filter((came) => isMessage(came, 'tts', 'stop')).length,
    );
    await device.until('close', ({ type }) => type === 'closed');
    expect(device.count('tts', 'start')).toBe(1);
    expect(device.count('tts', 'stop')).toBe(1);
    await expect.poll(sessions, { timeout: 5000 }).toBeLessThanOrEqual(talking);
  }, 30_000);

  listeningChecklist(() => scripted);

  it('48, 49 in a minute of speech: at most 16 packets ahead, and less than a frame of drift', async () => {
    await talker.message('tts', { state: 'stop', patienceMs: 90_000 });
    const packets = talker.packets();
    expect(packets.length).toBeGreaterThan(800);
    expect(aheadOf(talker)).toBeLessThanOrEqual(16);
    expect(Math.abs(driftMs(packets.map(({ atMs }) => atMs)))).toBeLessThan(60);
  }, 100_000);

  it('44, 48 in all tests: first packet 100 ms after tts start, packets 20 ms apart', () => {
    expect(downlink.packets).toBeGreaterThan(1000);
    const [shortest] = downlink.startGapsMs();
    expect(shortest).toBeGreaterThanOrEqual(100);
    expect(downlink.minSpacingMs()).toBeGreaterThanOrEqual(20);
  });

  it('45, 46 in all tests: no audio outside of tts start and stop', () => {
    const stray = server.raws.flatMap((device) => {
      const toggles = device.log.map((came) =>
        isMessage(came, 'tts', 'start') ? 'start' : isMessage(came, 'tts', 'stop') ? 'stop' : came.type,
      );
      return toggles.filter(
        (what, i) =>
          what === 'audio' && toggles.slice(0, i).findLast((one) => one === 'start' || one === 'stop') !== 'start',
      );
    });
    expect(stray).toEqual([]);
  });

  it('50 in all tests: every packet lasts the 60 ms that the hello declared', () => {
    const durations = new Set(
      server.raws.flatMap((device) => device.packets().map(({ packet }) => opusDurationMs(packet))),
    );
    expect([...durations]).toEqual([60]);
    for (const device of server.raws)
      for (const hello of device.messages('hello'))
        expect(hello).toMatchObject({ audio_params: { frame_duration: 60 } });
  });
});

/**
 * The maximum number of packets that the device had received but not yet played. It begins to play with the first
 * packet.
 */
function aheadOf(device: RawDevice): number {
  const packets = device.packets();
  const firstMs = packets[0]?.atMs ?? 0;
  return Math.max(0, ...packets.map(({ atMs }, i) => i + 1 - (atMs - firstMs) / 60));
}

/**
 * By how many milliseconds per minute the packets fall behind one packet every 60 ms. After a gap (for example on a
 * starved machine) the pacer restarts its clock, so only the longest stretch without a gap is measured, and scaled to a
 * minute. A pacer that counted from its last packet would lose half a millisecond with each packet, which any stretch
 * shows.
 */
function driftMs(sentMs: readonly number[]): number {
  const stretches: number[][] = [[]];
  sentMs.forEach((atMs, i) => {
    if (i > 0 && atMs - sentMs[i - 1]! > 400) stretches.push([]);
    stretches.at(-1)!.push(atMs - i * 60);
  });
  const offsets = stretches.reduce((longest, one) => (one.length > longest.length ? one : longest));
  expect(offsets.length).toBeGreaterThan(300);
  // After 40 packets, the server has its full lead. The earliest packet of a window was not delayed by this machine.
  const steady = offsets.slice(40);
  const window = Math.floor(steady.length / 4);
  const early = Math.min(...steady.slice(0, window));
  const late = Math.min(...steady.slice(-window));
  return ((late - early) / (steady.length - window)) * 1000;
}
