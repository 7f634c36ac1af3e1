import { LISTEN_RATE_HZ } from '../../audio/format.js';
import { join } from 'node:path';
import { asChorusError, ChorusError, systemClock } from '../../core/index.js';
import { serveChild } from '../processes/serve.js';
import { checkFile } from '../models/checked-file.js';
import { asrModelConfig, isOnline, ttsModelConfig, type TtsSpec } from '../models/spec.js';
import { collectingAfter } from '../processes/native-garbage.js';
import {
  loadSherpa,
  type OfflineRecognizer,
  type OfflineStream,
  type OfflineTts,
  type OnlineRecognizer,
} from './sherpa.js';
import { OnlineDecoder } from './online-decoder.js';
import type {
  AsrAnswer,
  AsrCall,
  SherpaInit,
  SpeakerAnswer,
  SpeakerCall,
  StreamStep,
  TtsAnswer,
  TtsCall,
  TtsPart,
} from './sherpa-protocol.js';
import { loadSpeakable, sentences, type Speakable } from './speakable.js';
import { engineWords } from '../words.js';

// Entry of the engine processes `asr`, `tts` and `speaker`, each with one model. libuv's threads limit the number of
// simultaneous jobs.

/** Moonshine fails with fewer than about 1000 samples, and 100 ms contain no speech. */
const MIN_SAMPLES = LISTEN_RATE_HZ / 10;
/** Bytes of garbage per recognised sample: 4 as received, 4 as a float, and 2 as features in native memory. */
const LEFT_BY_HEARING = 2 * 2 + 4 + 2;
/** Bytes of garbage per synthesised sample: two floats of 4, and 2 in the message. */
const LEFT_BY_SPEAKING = 4 * 2 + 2;
/** Reached after about a minute of audio, or 13 jobs of 150 to 300 ms each. A collection takes a few ms. */
const garbage = collectingAfter(8 * 2 ** 20);

interface Engine {
  call(request: unknown, signal: AbortSignal): Promise<AsrAnswer | SpeakerAnswer | TtsAnswer>;
}

let engine: Engine | undefined;

const child = serveChild({
  async init(value) {
    const init = value as SherpaInit; // Both ends are the same build.
    for (const file of init.files) await checkFile(file);
    try {
      engine = await load(init);
    } catch (error) {
      // The files are unchanged since their installation, so they were damaged before, or are no valid model.
      throw asChorusError(error, 'model.corrupt');
    }
  },
  async call(request, signal) {
    if (!engine) throw new ChorusError('engine.job_failed', 'no model is loaded');
    return engine.call(request, signal);
  },
});

function paths(init: SherpaInit): (name: string) => string {
  const files = new Map(init.files.map((file) => [file.name, file.path]));
  return (name) => files.get(name) ?? join(init.directory, name);
}

async function load(init: SherpaInit): Promise<Engine> {
  switch (init.kind) {
    case 'asr':
      return loadAsr(init);
    case 'tts':
      return loadTts(init);
    default:
      return loadSpeaker(init);
  }
}

async function loadAsr(init: SherpaInit & { kind: 'asr' }): Promise<Engine> {
  const config = {
    featConfig: { sampleRate: LISTEN_RATE_HZ, featureDim: 80 },
    modelConfig: asrModelConfig(init.spec, init.threads, paths(init)),
  };
  const { OfflineRecognizer, OnlineRecognizer } = loadSherpa();
  const decode = isOnline(init.spec)
    ? onlineDecoder(new OnlineRecognizer({ ...config, enableEndpoint: 0 }))
    : decoder(await OfflineRecognizer.createAsync(config));
  // The first inference allocates memory, which would otherwise delay a user.
  await decode(quietNoise(LISTEN_RATE_HZ));
  return {
    async call(request, signal) {
      const { pcm, stream } = request as AsrCall;
      signal.throwIfAborted();
      const startedMs = systemClock.nowMs();
      const cpuAtStart = process.cpuUsage();
      const text = !stream && pcm.length < MIN_SAMPLES ? '' : await decode(toFloat(pcm), stream);
      const { user, system } = process.cpuUsage(cpuAtStart);
      return { text, runMs: systemClock.nowMs() - startedMs, processCpuMs: (user + system) / 1_000 };
    },
  };
}

type Decode = (samples: Float32Array, stream?: StreamStep) => Promise<string>;

function onlineDecoder(recognizer: OnlineRecognizer): Decode {
  const online = new OnlineDecoder(recognizer);
  return async (samples, stream) => {
    const text = await (stream ? online.step(stream, samples) : online.whole(samples));
    garbage(samples.length * LEFT_BY_HEARING);
    return text;
  };
}

function decoder(recognizer: OfflineRecognizer): Decode {
  // Keeps a stream alive during its call. The addon does not, and a collected stream causes a segmentation fault.
  const inUse = new Set<OfflineStream>();
  return async (samples) => {
    const stream = recognizer.createStream();
    inUse.add(stream);
    try {
      stream.acceptWaveform({ samples, sampleRate: LISTEN_RATE_HZ });
      const result = await recognizer.decodeAsync(stream);
      return result.text.trim();
    } finally {
      inUse.delete(stream);
      garbage(samples.length * LEFT_BY_HEARING);
    }
  };
}

function loadSpeaker(init: SherpaInit & { kind: 'speaker' }): Engine {
  const { SpeakerEmbeddingExtractor } = loadSherpa();
  const model = paths(init)(init.spec.model);
  const extractor = new SpeakerEmbeddingExtractor({ model, numThreads: init.threads, provider: 'cpu', debug: 0 });
  const vectorOf = (samples: Float32Array): Float32Array => {
    const stream = extractor.createStream();
    stream.acceptWaveform({ samples, sampleRate: LISTEN_RATE_HZ });
    stream.inputFinished();
    if (!extractor.isReady(stream)) throw new ChorusError('engine.job_failed', 'too little sound to tell a voice');
    const vector = extractor.compute(stream, false);
    garbage(samples.length * LEFT_BY_HEARING);
    return vector;
  };
  // The first inference allocates memory, which would otherwise delay a user.
  vectorOf(quietNoise(LISTEN_RATE_HZ));
  return {
    call(request, signal) {
      signal.throwIfAborted();
      const startedMs = systemClock.nowMs();
      const vector = vectorOf(toFloat((request as SpeakerCall).pcm));
      return Promise.resolve({ vector, runMs: systemClock.nowMs() - startedMs });
    },
  };
}

async function loadTts(init: SherpaInit & { kind: 'tts' }): Promise<Engine> {
  const tts = await loadSherpa().OfflineTts.createAsync(ttsModelConfig(init.spec, init.threads, paths(init)));
  const speakable = await loadSpeakable(init.spec, paths(init));
  await tts.generateAsync({
    text: warmUpText(init.spec, speakable),
    sid: init.spec.speaker ?? 0,
    speed: 1,
    enableExternalBuffer: false,
  });
  return { call: (request, signal) => speak(tts, init.spec, speakable, request as TtsCall, signal) };
}

const warmUpText = ({ family }: TtsSpec, speakable: Speakable): string =>
  family === 'kitten' || !speakable('你好。') ? 'Hello.' : '你好。';

/** One call per sentence, because the library's progress callback reads freed memory (up to version 1.13.3). */
async function speak(
  tts: OfflineTts,
  spec: TtsSpec,
  speakable: Speakable,
  request: TtsCall,
  signal: AbortSignal,
): Promise<TtsAnswer> {
  const startedMs = systemClock.nowMs();
  const sid = Math.min(request.speaker ?? spec.speaker ?? 0, Math.max(0, tts.numSpeakers - 1));
  let sent = 0;
  for (const text of sentences(request.text).filter(speakable)) {
    signal.throwIfAborted();
    const audio = await tts.generateAsync({ text, sid, speed: request.speed, enableExternalBuffer: false });
    garbage(audio.samples.length * LEFT_BY_SPEAKING);
    signal.throwIfAborted();
    sent += audio.samples.length;
    child.emit({
      stream: request.stream,
      sampleRateHz: audio.sampleRate,
      pcm: toInt16(audio.samples),
    } satisfies TtsPart);
  }
  if (sent === 0) throw new ChorusError('tts.failed', engineWords.noSound);
  return { sampleRateHz: tts.sampleRate, samples: sent, runMs: systemClock.nowMs() - startedMs };
}

function toFloat(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) samples[i] = (pcm[i] ?? 0) / 32_768;
  return samples;
}

function toInt16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++)
    pcm[i] = Math.max(-32_768, Math.min(32_767, Math.round((samples[i] ?? 0) * 32_767)));
  return pcm;
}

/** Noise at about -60 dB, always the same. It replaces zeros, which might take faster code paths than speech. */
function quietNoise(length: number): Float32Array {
  const samples = new Float32Array(length);
  let seed = 1;
  for (let i = 0; i < length; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    samples[i] = (seed / 2_147_483_648 - 0.5) / 500;
  }
  return samples;
}
