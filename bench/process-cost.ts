/**
 * Measures the CPU cost of a talking device in the audio processes, without network, recognition and language model.
 * Each of N devices speaks all the time (real speech, 60 ms packets, pauses) and is spoken to all the time (MP3 as Edge
 * sends it). CPU time is read from the scheduler in nanoseconds, for each thread, so that other load on the machine
 * disturbs little.
 *
 *   npx tsx bench/process-cost.ts [devices = 20] [seconds = 20] [--cpu-prof]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { noMetrics, Scope, seededRandom, silentLogger, sleep, systemClock as clock } from '../src/core/index.js';
import { SpeechAsset } from '../src/measure/bench/stand-ins/speech-asset.js';
import { loadSpeech, type Clip } from '../src/measure/fleet/index.js';
import { packetAt } from '../src/measure/fleet/clip.js';
import { createListening } from '../src/speech/listening/index.js';
import { createSpeaking, createSpeechEncoder } from '../src/speech/speaking/index.js';
import type { TtsProvider } from '../src/providers/tts/tts-port.js';

const [devices = 20, seconds = 20] = process.argv
  .slice(2)
  .filter((arg) => /^\d+$/.test(arg))
  .map(Number);
const SENTENCE_MS = 2600;
const SPEED = 10;
const PIECE_MS = 120;
/** Silence between two utterances. There is no reply in between, so the listening process is always busy. */
const PAUSE_PACKETS = 25;
const MP3_BYTES_PER_MS = 6;

const scope = new Scope('cost', (name, error) => console.error(name, error));
const common = { clock, log: silentLogger, metrics: noMetrics, scope, niceness: 10, startTimeoutMs: 60_000 };
const listening = createListening({ ...common });
const encoder = createSpeechEncoder({ ...common, opus: { complexity: 5, bitrate: 32_000 } });
const asset = await SpeechAsset.load();
const speech = await loadSpeech();
const random = seededRandom(1, 'cost');

const voice: TtsProvider = {
  id: 'edge-like',
  languages: ['*'],
  local: false,
  predictMs: () => 1000,
  async synthesize(_request, signal) {
    const mp3 = asset.mp3Of(SENTENCE_MS, random);
    await sleep(clock, 150, signal);
    return {
      format: { kind: 'mp3' },
      chunks: (async function* () {
        const pieceBytes = PIECE_MS * MP3_BYTES_PER_MS;
        for (let at = 0; at < mp3.byteLength; at += pieceBytes) {
          yield mp3.subarray(at, at + pieceBytes);
          await sleep(clock, PIECE_MS / SPEED, signal);
        }
      })(),
    };
  },
};
const slots = {
  run: <T>(
    _request: unknown,
    signal: AbortSignal,
    work: (signal: AbortSignal, granted: { waitedMs: number }) => Promise<T>,
  ) => work(signal, { waitedMs: 0 }),
};
const speaking = createSpeaking({ ...common, slots, encoder, providers: [voice] });
await Promise.all([listening.start(), encoder.start()]);

let turns = 0;
let packets = 0;
let underruns = 0;
let sentences = 0;

function listen(index: number): void {
  let turnId = 0;
  const stream = listening.open((event) => {
    if (event.type !== 'utterance_ended') return;
    turns += 1;
    begin();
  });
  const begin = (): void => stream.begin({ turnId: ++turnId, mode: 'auto', endpointSilenceMs: 700 });
  begin();
  let clip: Clip | undefined;
  let at = 0;
  let due = clock.nowMs() + (60 * index) / devices;
  const send = (): void => {
    if (scope.closed) return;
    if (!clip || at >= clip.packets.length + PAUSE_PACKETS) {
      clip = speech.utterances[(index * 7 + turnId) % speech.utterances.length]?.clip ?? speech.room;
      at = 0;
    }
    stream.push(packetAt(clip, at++));
    due += 60;
    clock.after(due - clock.nowMs(), send);
  };
  clock.after(due - clock.nowMs(), send);
}

function speak(index: number): void {
  if (scope.closed) return;
  const sink = { deviceQueueLimit: 16, bufferedBytes: () => 0, sendPacket: () => void (packets += 1) };
  const reply = speaking.reply(
    { deviceId: `device ${index}`, language: 'en-US', notBeforeMs: clock.nowMs() + 120, sink },
    (event) => {
      if (event.type !== 'finished' && event.type !== 'failed') return;
      underruns += event.stats.underruns;
      if (event.type === 'failed') console.error(event.error);
      speak(index);
    },
  );
  for (let n = 0; n < 3; n++) reply.say(`Sentence ${(sentences += 1)} of all.`);
  reply.end();
}

/** Nanoseconds for which the threads of a process have run. */
function ranNs(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
}

for (let index = 0; index < devices; index++) {
  listen(index);
  speak(index);
}
await sleep(clock, 4000);
const pids = { main: process.pid, listening: listening.status().pid, speaking: encoder.status().pid };
const before = Object.values(pids).map(ranNs);
const start = { turns, packets, underruns, ms: clock.nowMs() };
await sleep(clock, seconds * 1000);
const after = Object.values(pids).map(ranNs);
const deviceSeconds = ((clock.nowMs() - start.ms) / 1000) * devices;
const cost = Object.keys(pids).map(
  (name, i) => `${name} ${(((after[i] ?? 0) - (before[i] ?? 0)) / 1e6 / deviceSeconds).toFixed(3)}`,
);
console.log(
  `${devices} devices, ${seconds} s: CPU ms a device ` +
    `second: ${cost.join(', ')}; ${turns - start.turns} ` +
    `turns, ${((packets - start.packets) / deviceSeconds).toFixed(1)} packets a device ` +
    `second, ${underruns - start.underruns} underruns`,
);
await scope.close();
