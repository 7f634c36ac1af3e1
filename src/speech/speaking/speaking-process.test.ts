import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { align, loudnessOf, peakOf, worstBorder } from '../../../test/fakes/sound.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../../core/index.js';
import { concatFloat, int16ToFloat, OpusDecoder, resampleInt16 } from '../../audio/index.js';
import { fliteTts } from '../../providers/tts/flite/index.js';
import { fliteSynthesize } from '../../providers/tts/flite/synthesize.js';
import { createSpeaking, createSpeechEncoder, type ReplyEvent, type SpeakingService } from './index.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';

const SENTENCES = ['Good morning.', 'I have put the kettle on.'];

function play(packets: readonly Uint8Array[]): Float32Array {
  const decoder = new OpusDecoder(24_000);
  return concatFloat(
    packets.map((packet) => {
      const decoded = decoder.decode(packet);
      return int16ToFloat(decoded.ok ? decoded.pcm : new Int16Array(0));
    }),
  );
}

/** The whole path from a text to the device, with the real voice, process and clock. */
describe('a reply through the speaking process', () => {
  let scope: Scope;
  let encoder: SpeechEncoder;
  let speaking: SpeakingService;
  const failures: unknown[] = [];

  beforeEach(async () => {
    failures.length = 0;
    scope = new Scope('test', (name, error) => failures.push([name, error]));
    const common = { clock: systemClock, log: silentLogger, metrics: noMetrics, scope };
    encoder = createSpeechEncoder({
      ...common,
      niceness: 10,
      startTimeoutMs: 20_000,
      opus: { complexity: 5, bitrate: 32_000 },
    });
    await encoder.start();
    const slots = {
      run: <T>(
        _request: unknown,
        signal: AbortSignal,
        work: (signal: AbortSignal, grant: { waitedMs: number }) => Promise<T>,
      ) => work(signal, { waitedMs: 0 }),
    };
    speaking = createSpeaking({
      ...common,
      slots,
      encoder,
      providers: [fliteTts({ clock: systemClock, client: encoder.synthesize })],
    });
  });

  afterEach(() => scope.close());

  function speak(
    onPacket: (count: number) => void = () => undefined,
  ): Promise<{ packets: Uint8Array[]; sentAtMs: number[]; events: ReplyEvent[] }> {
    const packets: Uint8Array[] = [];
    const sentAtMs: number[] = [];
    const events: ReplyEvent[] = [];
    return new Promise((resolve) => {
      const sink = {
        deviceQueueLimit: 16,
        bufferedBytes: () => 0,
        sendPacket: (packet: Uint8Array) => {
          packets.push(packet);
          sentAtMs.push(systemClock.nowMs());
          onPacket(packets.length);
        },
      };
      const reply = speaking.reply({ deviceId: 'd', language: 'en-US', notBeforeMs: 0, sink }, (event) => {
        events.push(event);
        if (event.type === 'finished' || event.type === 'failed') resolve({ packets, sentAtMs, events });
      });
      for (const sentence of SENTENCES) reply.say(sentence);
      reply.end();
    });
  }

  it("contains the voice's speech, in time, without clicks", async () => {
    const { packets, sentAtMs, events } = await speak();
    expect(events.map((event) => event.type)).toEqual([
      'sentence',
      'first_packet',
      'sentence_sent',
      'sentence',
      'sentence_sent',
      'finished',
    ]);
    expect(Math.min(...sentAtMs.slice(1).map((atMs, i) => atMs - sentAtMs[i]!))).toBeGreaterThanOrEqual(20);
    const heard = play(packets);
    expect(heard).toHaveLength(packets.length * 1440);
    expect(worstBorder(heard, 1440)).toBeLessThan(2);
    expect(peakOf(heard)).toBeLessThan(0.99);
    expect(Math.abs(loudnessOf(heard, 24_000) + 18)).toBeLessThan(2);
    for (const text of SENTENCES) {
      const { rateHz, pcm } = await fliteSynthesize({ text, language: 'en-US' });
      const source = int16ToFloat(await resampleInt16(pcm, rateHz, 24_000));
      // The encoder shortens the silence at the end.
      let end = source.length;
      while (Math.abs(source[end - 1] ?? 1) < 0.01) end -= 1;
      expect(
        align(concatFloat([new Float32Array(1440), heard]), source.subarray(0, end), heard.length - end).correlation,
      ).toBeGreaterThan(0.95);
    }
    expect(failures).toEqual([]);
    expect(scope.tree()).toMatchObject({ tasks: [] });
  });

  it('continues when the process is killed', async () => {
    const { packets, events } = await speak((count) => {
      const { pid } = encoder.status();
      if (count === 1 && pid !== undefined) process.kill(pid, 'SIGKILL');
    });
    expect(events.at(-1)?.type).toBe('finished');
    expect(packets.length).toBeGreaterThan(30);
    expect(failures).toEqual([]);
  });
});
