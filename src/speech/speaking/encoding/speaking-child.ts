import { ChorusError } from '../../../core/index.js';
import { concatBytes, int16ToBytes, LISTEN_RATE_HZ, SPEECH_TARGET_LUFS } from '../../../audio/index.js';
import { collectingAfter, serveChild } from '../../../engines/child.js';
import type { LocalVoiceEngine, LocalVoiceSynthesis } from '../../../providers/index.js';
import { type FeedResult, type SpeakingRequest, type SynthesizeResult, UNKNOWN_STREAM } from './protocol.js';
import { LOCAL_SYNTHESIZERS } from '../../../providers/tts/local-synthesis.js';
import { SentenceEncoder } from './sentence-encoder.js';
import { speechWords } from '../../words.js';

/** Maximum number of sentences in progress. A talking device usually has one, and briefly two. */
const MAX_STREAMS = 2_048;

/** Memory of libopus for each stream: 44.3 KB, measured with 500 streams. V8 does not count this memory. */
const OPUS_ENCODER_BYTES = 45_000;
/** Collects garbage after about 90 sentences, which takes a few ms. */
const garbage = collectingAfter(4 * 2 ** 20);

interface Stream {
  readonly encoder: SentenceEncoder;
  skipPackets: number;
}

const streams = new Map<number, Stream>();
/** Requests about streams run one after the other, so that a drop cannot overtake a feed. */
let encoding: Promise<void> = Promise.resolve();
const synthesizers = new Map<LocalVoiceEngine, Promise<LocalVoiceSynthesis>>();

async function feed(request: Extract<SpeakingRequest, { type: 'feed' }>): Promise<FeedResult> {
  const stream = streams.get(request.stream) ?? (await open(request));
  try {
    const packets = await stream.encoder.feed(request.bytes);
    if (request.last) packets.push(...(await stream.encoder.finish()));
    const loudness = request.last ? stream.encoder.loudness() : undefined;
    if (request.last) drop(request.stream);
    const wanted = packets.slice(stream.skipPackets);
    stream.skipPackets -= packets.length - wanted.length;
    return { packets: concatBytes(wanted), lengths: wanted.map((packet) => packet.byteLength), loudness };
  } catch (error) {
    drop(request.stream);
    throw error;
  }
}

async function open(request: Extract<SpeakingRequest, { type: 'feed' }>): Promise<Stream> {
  if (!request.encoding) throw new ChorusError('engine.crashed', UNKNOWN_STREAM);
  if (streams.size >= MAX_STREAMS) throw new ChorusError('capacity.queue_full', 'too many sentences are being encoded');
  const stream = { encoder: await SentenceEncoder.create(request.encoding), skipPackets: request.skipPackets };
  streams.set(request.stream, stream);
  return stream;
}

function drop(id: number): void {
  const stream = streams.get(id);
  if (!stream) return;
  streams.delete(id);
  stream.encoder.close();
  garbage(OPUS_ENCODER_BYTES);
}

function synthesizer(engine: LocalVoiceEngine): Promise<LocalVoiceSynthesis> {
  const known = synthesizers.get(engine);
  if (known) return known;
  const unavailable = (cause?: unknown): ChorusError =>
    new ChorusError('tts.unavailable', speechWords.cannotLoad(engine), {
      cause,
    });
  const load = LOCAL_SYNTHESIZERS[engine];
  if (!load) throw unavailable();
  const loading = load().catch((error: unknown) => {
    synthesizers.delete(engine);
    throw unavailable(error);
  });
  synthesizers.set(engine, loading);
  return loading;
}

/** Loads the MP3 decoder, and runs the resampler and the Opus encoder, so that the first sentence is not delayed. */
async function warmUp(): Promise<void> {
  const encoding = {
    targetLufs: SPEECH_TARGET_LUFS,
    known: undefined,
    trailingMs: 0,
    opus: { complexity: 0, bitrate: 32_000 },
  };
  const mp3 = await SentenceEncoder.create({ ...encoding, format: { kind: 'mp3' } });
  mp3.close();
  const pcm = await SentenceEncoder.create({ ...encoding, format: { kind: 'pcm', rateHz: LISTEN_RATE_HZ } });
  await pcm.feed(int16ToBytes(Int16Array.from({ length: LISTEN_RATE_HZ / 2 }, (_, i) => ((i * 7919) % 8192) - 4096)));
  await pcm.finish();
  pcm.close();
}

async function answer(request: SpeakingRequest): Promise<FeedResult | SynthesizeResult | undefined> {
  if (request.type === 'synthesize') return (await synthesizer(request.engine))(request.request);
  const turn = encoding.then(async () => (request.type === 'feed' ? feed(request) : drop(request.stream)));
  encoding = turn.then(
    () => undefined,
    () => undefined,
  );
  return (await turn) ?? undefined;
}

serveChild({
  init: warmUp,
  call: (raw) => answer(raw as SpeakingRequest), // Both processes run the same build.
});
