import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clip, CLIP_NAMES, silence } from '../../../../test/fixtures/speech.js';
import { align, applyGain, loudnessOf, peakOf, syntheticVoice, worstBorder } from '../../../../test/fakes/sound.js';
import {
  concatFloat,
  int16ToBytes,
  int16ToFloat,
  mergeLoudness,
  OpusDecoder,
  parseWav,
  resampleInt16,
  type SpeechFormat,
  type VoiceLoudness,
  writeWav,
} from '../../../audio/index.js';
import { fliteSynthesize } from '../../../providers/tts/flite/synthesize.js';
import { SentenceEncoder } from './sentence-encoder.js';

const OPUS = { complexity: 5, bitrate: 32_000 };
const RATE_HZ = 24_000;
const FRAME = 1440;

interface Voice {
  readonly name: string;
  readonly rateHz: number;
  readonly pcm: Int16Array;
}

async function encode(
  format: SpeechFormat,
  bytes: Uint8Array,
  options: { pieceBytes?: number; known?: VoiceLoudness; trailingMs?: number } = {},
): Promise<{ packets: Uint8Array[]; loudness: VoiceLoudness | undefined }> {
  const encoder = await SentenceEncoder.create({
    format,
    targetLufs: -18,
    known: options.known,
    trailingMs: options.trailingMs ?? 250,
    opus: OPUS,
  });
  try {
    const packets: Uint8Array[] = [];
    const pieceBytes = options.pieceBytes ?? 7001;
    for (let at = 0; at < bytes.length; at += pieceBytes)
      packets.push(...(await encoder.feed(bytes.slice(at, at + pieceBytes))));
    packets.push(...(await encoder.finish()));
    return { packets, loudness: encoder.loudness() };
  } finally {
    encoder.close();
  }
}

/** Decodes all packets with one decoder, as a device does. */
function play(packets: readonly Uint8Array[]): Float32Array {
  const decoder = new OpusDecoder(RATE_HZ);
  return concatFloat(
    packets.map((packet) => {
      const decoded = decoder.decode(packet);
      if (!decoded.ok) throw new Error(decoded.reason);
      expect(decoded.pcm.length).toBe(FRAME);
      return int16ToFloat(decoded.pcm);
    }),
  );
}

async function voices(): Promise<Voice[]> {
  const recorded = CLIP_NAMES.map((name, i) => ({
    name,
    rateHz: 16_000,
    pcm: applyGain(clip(name), [1, 0.3, 3, 0.1, 6][i] ?? 1),
  }));
  const flite = await Promise.all(
    ['slt', 'kal16', 'rms'].map(async (voice) => ({
      name: `flite ${voice}`,
      ...(await fliteSynthesize({
        text: 'The quick brown fox jumps over the lazy dog, and then it sleeps in the warm sun.',
        language: 'en-US',
        voice,
      })),
    })),
  );
  const made = [
    {
      name: 'synthetic 22.05 kHz',
      rateHz: 22_050,
      pcm: syntheticVoice({ rateHz: 22_050, seconds: 4, pitchHz: 210, level: 1 }),
    },
    {
      name: 'synthetic 44.1 kHz, soft',
      rateHz: 44_100,
      pcm: syntheticVoice({ rateHz: 44_100, seconds: 4, pitchHz: 110, level: 0.05 }),
    },
    {
      name: 'synthetic 24 kHz',
      rateHz: 24_000,
      pcm: syntheticVoice({ rateHz: 24_000, seconds: 3, pitchHz: 150, level: 0.5 }),
    },
  ];
  return [...recorded, ...flite, ...made];
}

describe('the audio that a device plays', () => {
  it('correlates with the voice, has no clicks or clipping, and has the same loudness for all voices', async () => {
    const loudness: number[] = [];
    const faults: object[] = [];
    for (const voice of await voices()) {
      const { packets } = await encode({ kind: 'pcm', rateHz: voice.rateHz }, int16ToBytes(voice.pcm));
      const heard = play(packets);
      const source = int16ToFloat(await resampleInt16(voice.pcm, voice.rateHz, RATE_HZ));
      // The output begins later in the source, because the leading silence was trimmed.
      const { correlation } = align(
        concatFloat([new Float32Array(FRAME), source, new Float32Array(FRAME * 10)]),
        heard,
        RATE_HZ,
      );
      const sound = { voice: voice.name, correlation, border: worstBorder(heard, FRAME), peak: peakOf(heard) };
      if (correlation < 0.95 || sound.border > 2 || sound.peak > 0.99) faults.push(sound);
      loudness.push(loudnessOf(heard, RATE_HZ));
    }
    expect(faults).toEqual([]);
    expect(Math.max(...loudness) - Math.min(...loudness)).toBeLessThan(3);
  });

  it('has the right loudness from the first packet once the voice is known', async () => {
    const voice = CLIP_NAMES.map((name) => applyGain(clip(name), 0.25));
    const levels: number[] = [];
    let known: VoiceLoudness | undefined = (await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(voice[0]!)))
      .loudness;
    for (const pcm of voice.slice(1)) {
      const result = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(pcm), { ...(known && { known }) });
      expect(result.packets.length).toBeGreaterThan(20);
      known = mergeLoudness(known, result.loudness!);
      levels.push(loudnessOf(play(result.packets), RATE_HZ));
    }
    // Single sentences may differ by 4 dB, but their mean is at the target.
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    expect(Math.abs(mean + 18)).toBeLessThan(2);
    expect(Math.max(...levels) - Math.min(...levels)).toBeLessThan(5);
  });

  it('is available packet by packet while the sentence is still arriving, once the voice is known', async () => {
    const pcm = clip('austen-0870');
    const { loudness } = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(pcm));
    const encoder = await SentenceEncoder.create({
      format: { kind: 'pcm', rateHz: 16_000 },
      targetLufs: -18,
      known: loudness,
      trailingMs: 250,
      opus: OPUS,
    });
    expect((await encoder.feed(int16ToBytes(pcm.subarray(0, 16_000)))).length).toBeGreaterThan(8);
    encoder.close();
  });

  it('joins sentences without a step, and does not click where a voice broke off', async () => {
    const pcm = clip('austen-0930');
    const cutInASyllable = pcm.subarray(0, 21_000);
    const first = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(cutInASyllable), { trailingMs: 0 });
    const second = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(pcm.subarray(9_000)), { trailingMs: 0 });
    const heard = play([...first.packets, ...second.packets]);
    expect(worstBorder(heard, FRAME)).toBeLessThan(2);
    const border = first.packets.length * FRAME;
    // These are 0.6 ms on both sides of the border between two sentences. Speech has peaks near 0.8.
    expect(peakOf(heard.subarray(border - 15, border + 15))).toBeLessThan(0.03);
  });

  it('is checked by a measurement that detects a click of a twentieth of the level', async () => {
    const { packets } = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(clip('austen-0870')));
    const heard = play(packets);
    const border = FRAME * 20;
    for (let i = border; i < border + 400; i++) heard[i]! += 0.05 * Math.exp(-(i - border) / 100);
    expect(worstBorder(heard, FRAME)).toBeGreaterThan(2);
  });
});

describe('a sentence', () => {
  it('loses long silence at its edges and keeps its pauses', async () => {
    const speech = clip('austen-0880').subarray(3200, 40_000);
    const pcm = Int16Array.from([...silence(900), ...speech, ...silence(400), ...speech, ...silence(1200)]);
    const { packets } = await encode({ kind: 'pcm', rateHz: 16_000 }, int16ToBytes(pcm), { trailingMs: 200 });
    const speechMs = (speech.length * 2) / 16 + 400;
    expect(packets.length * 60).toBeGreaterThan(speechMs - 150);
    expect(packets.length * 60).toBeLessThan(speechMs + 30 + 200 + 120);
  });

  it('is encoded in the same way for any sizes of its chunks', async () => {
    const wav = writeWav({
      rateHz: 22_050,
      pcm: syntheticVoice({ rateHz: 22_050, seconds: 3, pitchHz: 180, level: 0.4 }),
    });
    const whole = await encode({ kind: 'wav' }, wav, { pieceBytes: wav.length });
    const cut = await encode({ kind: 'wav' }, wav, { pieceBytes: 1013 });
    expect(cut.packets.map((packet) => Buffer.from(packet).toString('hex'))).toEqual(
      whole.packets.map((packet) => Buffer.from(packet).toString('hex')),
    );
  });

  it('sounds almost the same if it comes as MP3', async () => {
    const mp3 = new Uint8Array(readFileSync(new URL('../../../../test/fixtures/austen-0880.mp3', import.meta.url)));
    const { packets } = await encode({ kind: 'mp3' }, mp3, { pieceBytes: 720 });
    const source = int16ToFloat(await resampleInt16(clip('austen-0880'), 16_000, RATE_HZ));
    const { correlation } = align(
      concatFloat([new Float32Array(FRAME), source, new Float32Array(FRAME * 10)]),
      play(packets),
      RATE_HZ,
    );
    expect(correlation).toBeGreaterThan(0.95);
  });

  it('has no packets if all of it is silence', async () => {
    expect((await encode({ kind: 'pcm', rateHz: 16_000 }, new Uint8Array(64_000))).packets).toEqual([]);
    expect((await encode({ kind: 'pcm', rateHz: 16_000 }, new Uint8Array(0))).packets).toEqual([]);
  });

  it('is refused if it is not in the announced format', async () => {
    const html = new TextEncoder().encode('<html><body>502 Bad Gateway</body></html>'.repeat(50));
    await expect(encode({ kind: 'mp3' }, html)).rejects.toMatchObject({ code: 'audio.undecodable' });
    await expect(encode({ kind: 'wav' }, html)).rejects.toMatchObject({ code: 'audio.undecodable' });
    await expect(encode({ kind: 'pcm', rateHz: 100 }, html)).rejects.toMatchObject({ code: 'audio.undecodable' });
  });

  it('is the same in the package as in these tests', () => {
    const wav = readFileSync(new URL('../../../../assets/speech/austen-0880.wav', import.meta.url));
    expect(parseWav(wav).pcm).toEqual(clip('austen-0880'));
  });
});
