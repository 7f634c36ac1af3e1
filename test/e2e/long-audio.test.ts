import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_NAMES, clip, concat, devicePackets, hum, mix, noise, silence } from '../fixtures/speech.js';
import type { RawDevice } from './raw-device.js';
import { expectHeard, expectNothingLeft, expectWords, ScriptedServer } from './scripted-server.js';
import type { ServerUnderTest } from './server.js';
import { SAID, utterance } from './transcripts.js';

/** Sound that goes on and on: what has no words in it, and words without end. */
const ANSWER = 'All right.';
/** What the firmware's send queue holds: the most that arrives at once. */
const BURST = 40;
/** Just below the most that the server takes of a device for long (60 messages a second): 3.5 times as fast as it was spoken. */
const BURST_EVERY_MS = 690;

describe('long audio', () => {
  let scripted: ScriptedServer;
  let server: ServerUnderTest;

  beforeAll(async () => {
    // Where two clips were joined, what ends like a sentence may be followed by a little more than 300 ms of silence: an end of the turn, which is not the subject here.
    scripted = await ScriptedServer.start({ 'vad.min_silence_ms': '600' });
    ({ server } = scripted);
  }, 90_000);
  afterAll(() => scripted.stop());
  afterEach(() => expectNothingLeft(scripted));

  /** In the bursts of a connection that stalls. */
  async function pour(device: RawDevice, pcm: Int16Array): Promise<void> {
    const packets = devicePackets(pcm);
    for (let at = 0; at < packets.length; at += BURST) {
      device.burst(packets.slice(at, at + BURST));
      await new Promise((resolve) => setTimeout(resolve, BURST_EVERY_MS));
    }
  }

  it('40 s of noise open no turn for ever, and the device can speak afterwards', async () => {
    const seconds = Array.from({ length: 40 }, (_, i) => i);
    const noises = [noise(40_000, 1500), seconds.reduce((sound, second) => mix(sound, noise(80, 6000, second), second * 1000 + 300), hum(40_000, 3000))];
    const devices = await Promise.all(noises.map(async (sound) => {
      const device = await server.raw();
      device.start('auto');
      await pour(device, concat(sound, silence(3000)));
      return device;
    }));
    await expect.poll(() => server.metric('chorus_sessions_talking'), { timeout: 15_000 }).toBe(0);
    for (const device of devices) {
      expect(device.count('tts', 'start')).toBe(device.count('tts', 'stop'));
      // Where nothing was said there is no new listen start: the firmware would send none.
      const mark = device.mark();
      device.burst(utterance('austen-0880'));
      await device.reply(mark);
      expectHeard(device.heard(mark), 'austen-0880');
      expect(device.sentences(mark)).toEqual([ANSWER]);
    }
  }, 60_000);

  it('an utterance longer than vad.max_segment_ms arrives whole, as one', async () => {
    // Without its pauses, at which it would be cut anyway; then it is cut within words.
    const pcm = concat(...CLIP_NAMES.map((name) => withoutPauses(clip(name))));
    expect(pcm.length / 16).toBeGreaterThan(20_000);
    const device = await server.raw();
    device.start('auto');
    await pour(device, concat(pcm, silence(3000)));
    await device.reply();
    expect(device.heard()).toHaveLength(1);
    expectWords(CLIP_NAMES.map((name) => SAID[name]).join(' '), device.heard()[0] ?? '');
    expect(device.count('tts', 'start')).toBe(1);
    expect(device.sentences()).toEqual([ANSWER]);
  }, 60_000);
});

/** Speech in which nothing quiet lasts longer than 100 ms. */
function withoutPauses(pcm: Int16Array): Int16Array {
  const WINDOW = 160;
  const levels = Array.from({ length: Math.floor(pcm.length / WINDOW) }, (_, i) => Math.sqrt(pcm.subarray(i * WINDOW, (i + 1) * WINDOW).reduce((sum, value) => sum + value * value, 0) / WINDOW));
  const quiet = Math.max(...levels) / 30;
  let run = 0;
  return concat(...levels.flatMap((level, i) => {
    run = level < quiet ? run + 1 : 0;
    return run > 10 ? [] : [pcm.subarray(i * WINDOW, (i + 1) * WINDOW)];
  }));
}
