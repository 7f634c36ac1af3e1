// Writes assets/phrases-zh.json: phrases spoken by espeak-ng, for a Chinese device to use while no voice speaks
// Mandarin. Run this whenever the Chinese phrases change; a test checks that somebody did. It needs the optional
// dependency. The texts and the recordings belong to this project, because the licence of a GPL program does not cover
// its output (docs/adr/0010-voices.md).
import { writeFileSync } from 'node:fs';
import { spokenPhrases } from '../src/conversation/session/index.js';
import { int16ToBytes, SPEECH_TARGET_LUFS } from '../src/audio/index.js';
import { espeakSynthesize } from '../src/providers/tts/espeak/synthesize.js';
import { SentenceEncoder } from '../src/speech/speaking/encoding/sentence-encoder.js';
import { packPackets } from '../src/speech/speaking/phrases/packed-packets.js';

/** The highest complexity costs nothing here. The speech of a single synthetic voice needs no higher bit rate. */
const OPUS = { complexity: 10, bitrate: 14_000 };
/** A little slower than espeak's normal speed, because this voice's Mandarin is hard to follow. */
const RATE = 0.85;
const TRAILING_MS = 250;

const phrases: { text: string; packets: string }[] = [];
for (const text of spokenPhrases('zh-CN')) {
  const { rateHz, pcm } = await espeakSynthesize({ text, language: 'zh-CN', rate: RATE });
  const encoder = await SentenceEncoder.create({
    format: { kind: 'pcm', rateHz },
    targetLufs: SPEECH_TARGET_LUFS,
    known: undefined,
    trailingMs: TRAILING_MS,
    opus: OPUS,
  });
  const packets = [...(await encoder.feed(int16ToBytes(pcm))), ...(await encoder.finish())];
  encoder.close();
  phrases.push({ text, packets: packPackets(packets).toString('base64') });
}
const about =
  'Opus, 24 kHz mono, packets of 60 ms, each after its length (two bytes, big-endian). ' +
  'Made by scripts/shipped-phrases.ts.';
const target = new URL('../assets/phrases-zh.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ about, phrases }, undefined, 1)}\n`);
console.log(`${phrases.length} phrases`);
