import { join } from 'node:path';
import type { Clock } from '../../../core/index.js';
import type { OnnxModel } from './onnx/index.js';
import { type FileRecord, HashedFile, type InstalledModel, installMadeModel } from '../../../engines/index.js';
import { type SenseVoiceShape, SENSEVOICE_SMALL, senseVoiceGraph, type WeightType } from './sensevoice-graph.js';
import { syllableBias, tokensText } from './vocabulary.js';

/** Id in the catalogue, for `asr.model: sensevoice-cost`. */
export const COST_MODEL = 'sensevoice-cost';

export interface CostModelOptions {
  /** Default 1. The same seed gives the same file, byte for byte. */
  readonly seed?: number;
  /** Default `uint8`, as in the published model. */
  readonly weights?: WeightType;
  /** Fewer and smaller layers, for tests. The default is SenseVoice-small. */
  readonly shape?: SenseVoiceShape;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** True if an existing model is written again. */
  readonly force?: boolean;
  readonly freeBytes?: (directory: string) => Promise<number>;
  onProgress?(writtenBytes: number, totalBytes: number): void;
}

/**
 * Writes and installs a model with the CPU cost of SenseVoice. This takes seconds, 237 MB of disk and a few megabytes
 * of memory. An existing model of the same options is kept. Errors: `model.busy`, `data.disk_full`,
 * `data.not_writable`, or the signal's reason.
 */
export async function writeCostModel(modelsDirectory: string, options: CostModelOptions): Promise<InstalledModel> {
  const { seed = 1, weights = 'uint8', shape = SENSEVOICE_SMALL, clock } = options;
  const graph = senseVoiceGraph({ shape, weights, seed, outputBias: syllableBias(shape.vocabulary) });
  const model = graph.model({
    producer: 'chorus',
    name: 'sensevoice_like',
    metadata: senseVoiceMetadata(shape.vocabulary),
  });
  const tokens = Buffer.from(tokensText(shape.vocabulary));
  return installMadeModel({
    id: COST_MODEL,
    directory: modelsDirectory,
    from: `written by chorus (${weights}, seed ${seed}, ${Object.values(shape).join('/')}, ${model.byteLength} bytes)`,
    neededBytes: model.byteLength + tokens.length,
    clock,
    signal: options.signal ?? new AbortController().signal,
    ...(options.force === undefined ? {} : { force: options.force }),
    ...(options.freeBytes === undefined ? {} : { freeBytes: options.freeBytes }),
    write: async (staging, signal) => ({
      'model.int8.onnx': await writeModel(join(staging, 'model.int8.onnx'), model, signal, (written, total) =>
        options.onProgress?.(written, total),
      ),
      'tokens.txt': await writeChunks(join(staging, 'tokens.txt'), [tokens], signal),
    }),
  });
}

function writeModel(
  path: string,
  model: OnnxModel,
  signal: AbortSignal,
  onProgress: (written: number, total: number) => void,
): Promise<FileRecord> {
  return writeChunks(path, model.chunks(), signal, (written) => onProgress(written, model.byteLength));
}

async function writeChunks(
  path: string,
  chunks: Iterable<Uint8Array>,
  signal: AbortSignal,
  onWritten?: (bytes: number) => void,
): Promise<FileRecord> {
  const file = await HashedFile.create(path);
  try {
    let written = 0;
    for (const chunk of chunks) {
      signal.throwIfAborted();
      await file.write(chunk);
      written += chunk.length;
      onWritten?.(written);
    }
    return await file.finish();
  } finally {
    await file.close();
  }
}

/** Metadata that sherpa-onnx reads from a SenseVoice model. Mean and deviation are as large as the published ones. */
export function senseVoiceMetadata(vocabulary: number): Record<string, string | number> {
  const features = 560;
  return {
    lfr_window_size: 7,
    lfr_window_shift: 6,
    normalize_samples: 0,
    neg_mean: Array.from({ length: features }, () => '-9.50000').join(','),
    inv_stddev: Array.from({ length: features }, () => '0.17000').join(','),
    model_type: 'sense_voice_ctc',
    version: 2,
    model_author: 'random',
    maintainer: 'chorus',
    vocab_size: vocabulary,
    comment: 'costs what SenseVoice costs; random weights',
    lang_auto: 0,
    lang_zh: 3,
    lang_en: 4,
    lang_yue: 7,
    lang_ja: 11,
    lang_ko: 12,
    lang_nospeech: 13,
    with_itn: 14,
    without_itn: 15,
    url: 'none',
  };
}
