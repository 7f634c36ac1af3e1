import { FLOAT, INT32, INT64, OnnxGraph } from '../../src/measure/bench/cost-model/onnx/index.js';
import { generated, tinySenseVoice, tinyVits, TINY_VOICE_RATE_HZ, TINY_VOICE_TOKEN_SAMPLES } from './tiny-models.js';

/** Files of a generated model by their names. */
export type TinyFiles = Readonly<Record<string, string | Uint8Array>>;

const FEATURES = 80;
const NOTES = { version: 1, model_author: 'test', comment: 'test', url: 'none' };

function vocabularyOf(words: readonly string[]): readonly string[] {
  return ['<blk>', '<s>', '</s>', ...new Set(words)];
}
const tokensOf = (vocabulary: readonly string[]): string => vocabulary.map((token, id) => `${token} ${id}\n`).join('');

/** Makes one-hot rows: in frame number `frame`, the token is `ids[min(frame, last)]`. */
function oneHot(graph: OnnxGraph, ids: readonly number[], frame: string, size: number): string {
  const capped = graph.op('Min', [frame, graph.ints([ids.length - 1], [])]);
  const tokens = graph.op('Gather', [graph.ints(ids), capped]);
  return graph.op('OneHot', [tokens, graph.ints([size], []), graph.floats([0, 1])]);
}

const sizeAt = (graph: OnnxGraph, value: string, axis: number): string =>
  graph.op('Gather', [graph.op('Shape', [value]), graph.ints([axis], [])]);
const range = (graph: OnnxGraph, length: string): string =>
  graph.op('Range', [graph.ints([0], []), length, graph.ints([1], [])]);

/** Makes a Paraformer model that recognises `words` in any audio that is long enough. */
export function tinyParaformer(words: readonly string[]): TinyFiles {
  const vocabulary = vocabularyOf(words);
  const graph = new OnnxGraph();
  const x = graph.input('speech', FLOAT, ['N', 'T', 560]);
  graph.input('speech_lengths', INT32, ['N']);
  const ids = [...words, '</s>'].map((word) => vocabulary.indexOf(word));
  const frames = range(graph, sizeAt(graph, x, 1));
  const logits = graph.op('Unsqueeze', [oneHot(graph, ids, frames, vocabulary.length), graph.ints([0])]);
  graph.output(logits, 'logits', FLOAT, ['N', 'L', vocabulary.length]);
  graph.output(graph.int32s([words.length]), 'token_num', INT32, ['N']);
  const model = generated(graph, {
    model_type: 'paraformer',
    ...NOTES,
    vocab_size: vocabulary.length,
    lfr_window_size: 7,
    lfr_window_shift: 6,
    neg_mean: Array.from({ length: 560 }, () => -9.5).join(','),
    inv_stddev: Array.from({ length: 560 }, () => 0.17).join(','),
  });
  return { 'model.int8.onnx': model, 'tokens.txt': tokensOf(vocabulary) };
}

/** Makes a Zipformer model with a CTC head that recognises `words`. */
export function tinyZipformerCtc(words: readonly string[]): TinyFiles {
  const vocabulary = vocabularyOf(words);
  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', FEATURES]);
  graph.input('x_lens', INT64, ['N']);
  const ids = words.flatMap((word) => [word, '<blk>']).map((word) => vocabulary.indexOf(word));
  const length = graph.op('Div', [sizeAt(graph, x, 1), graph.ints([4], [])]);
  const probabilities = oneHot(graph, ids, range(graph, length), vocabulary.length);
  graph.output(graph.op('Unsqueeze', [probabilities, graph.ints([0])]), 'log_probs', FLOAT, [
    'N',
    'L',
    vocabulary.length,
  ]);
  graph.output(graph.op('Unsqueeze', [length, graph.ints([0])]), 'log_probs_len', INT64, ['N']);
  const model = generated(graph, { model_type: 'zipformer2_ctc', ...NOTES, vocab_size: vocabulary.length });
  return { 'model.int8.onnx': model, 'tokens.txt': tokensOf(vocabulary) };
}

const CONTEXT = 2;

/** A decoder and a joiner that accept whatever the encoder chooses. */
function choosing(size: number): { readonly decoder: Uint8Array; readonly joiner: Uint8Array } {
  const decoder = new OnnxGraph();
  const y = decoder.input('y', INT64, ['N', CONTEXT]);
  const batch = decoder.op('Unsqueeze', [sizeAt(decoder, y, 0), decoder.ints([0])]);
  const shape = decoder.op('Concat', [batch, decoder.ints([size])], { axis: 0 });
  decoder.output(decoder.op('Expand', [decoder.floats([0]), shape]), 'decoder_out', FLOAT, ['N', size]);
  const joiner = new OnnxGraph();
  const sum = joiner.op('Add', [
    joiner.input('encoder_out', FLOAT, ['N', size]),
    joiner.input('decoder_out', FLOAT, ['N', size]),
  ]);
  joiner.output(sum, 'logit', FLOAT, ['N', size]);
  return {
    decoder: generated(decoder, { ...NOTES, vocab_size: size, context_size: CONTEXT }),
    joiner: generated(joiner, { ...NOTES, joiner_dim: size }),
  };
}

/** Makes a Zipformer model with a transducer that recognises `words` in whole utterances. */
export function tinyTransducer(words: readonly string[]): TinyFiles {
  const vocabulary = vocabularyOf(words);
  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', FEATURES]);
  graph.input('x_lens', INT64, ['N']);
  const ids = [...words, '<blk>'].map((word) => vocabulary.indexOf(word));
  const length = graph.op('Div', [sizeAt(graph, x, 1), graph.ints([4], [])]);
  const out = graph.op('Unsqueeze', [oneHot(graph, ids, range(graph, length), vocabulary.length), graph.ints([0])]);
  graph.output(out, 'encoder_out', FLOAT, ['N', 'L', vocabulary.length]);
  graph.output(graph.op('Unsqueeze', [length, graph.ints([0])]), 'encoder_out_lens', INT64, ['N']);
  const { decoder, joiner } = choosing(vocabulary.length);
  return {
    'encoder.int8.onnx': generated(graph, { model_type: 'zipformer2', ...NOTES }),
    'decoder.onnx': decoder,
    'joiner.int8.onnx': joiner,
    'tokens.txt': tokensOf(vocabulary),
  };
}

/** A chunk has 45 frames. 32 of them are new, which are 320 ms. */
const CHUNK = { T: 45, decode_chunk_len: 32 };

/** Makes a streaming Zipformer model with a transducer. It recognises one more word in each chunk of 320 ms. */
export function tinyOnlineTransducer(words: readonly string[]): TinyFiles {
  const vocabulary = vocabularyOf(words);
  const graph = new OnnxGraph();
  graph.input('x', FLOAT, ['N', CHUNK.T, FEATURES]);
  const states = (
    [
      ['cached_key_0', [4, 'N', 4]],
      ['cached_nonlin_attn_0', [1, 'N', 4, 6]],
      ['cached_val1_0', [4, 'N', 4]],
      ['cached_val2_0', [4, 'N', 4]],
      ['cached_conv1_0', ['N', 8, 1]],
      ['cached_conv2_0', ['N', 8, 1]],
      ['embed_states', ['N', 128, 3, 19]],
    ] as const
  ).map(([name, dims]) => ({ name, dims, value: graph.input(name, FLOAT, dims) }));
  const chunk = graph.input('processed_lens', INT64, ['N']);
  const ids = [...words, '<blk>'].map((word) => vocabulary.indexOf(word));
  // Adds a dimension, [N, size] to [N, 1, size], because a chunk yields one frame.
  const frame = oneHot(graph, ids, chunk, vocabulary.length);
  graph.output(graph.op('Unsqueeze', [frame, graph.ints([1])]), 'encoder_out', FLOAT, ['N', 1, vocabulary.length]);
  for (const { name, dims, value } of states) graph.output(value, `new_${name}`, FLOAT, dims);
  graph.output(graph.op('Add', [chunk, graph.ints([1])]), 'new_processed_lens', INT64, ['N']);
  const { decoder, joiner } = choosing(vocabulary.length);
  return {
    'encoder.int8.onnx': generated(graph, {
      model_type: 'zipformer2',
      ...NOTES,
      ...CHUNK,
      encoder_dims: 8,
      query_head_dims: 4,
      value_head_dims: 4,
      num_heads: 1,
      num_encoder_layers: 1,
      cnn_module_kernels: 3,
      left_context_len: 4,
    }),
    'decoder.onnx': decoder,
    'joiner.int8.onnx': joiner,
    'tokens.txt': tokensOf(vocabulary),
  };
}

const PARAFORMER_SIZE = 4;

/**
 * Makes a streaming Paraformer model that recognises `words` one after another. The model itself counts the words so
 * far.
 */
export function tinyOnlineParaformer(words: readonly string[]): TinyFiles {
  const vocabulary = vocabularyOf(words);
  return {
    'encoder.int8.onnx': generated(paraformerEncoder(), {
      model_type: 'paraformer',
      ...NOTES,
      vocab_size: vocabulary.length,
      lfr_window_size: 7,
      lfr_window_shift: 6,
      encoder_output_size: PARAFORMER_SIZE,
      decoder_num_blocks: 1,
      decoder_kernel_size: 2,
      neg_mean: Array.from({ length: 560 }, () => -9.5).join(','),
      inv_stddev: Array.from({ length: 560 }, () => 0.17).join(','),
    }),
    'decoder.int8.onnx': generated(paraformerDecoder(words, vocabulary), { ...NOTES }),
    'tokens.txt': tokensOf(vocabulary),
  };
}

function paraformerEncoder(): OnnxGraph {
  const encoder = new OnnxGraph();
  const x = encoder.input('speech', FLOAT, ['N', 'T', 560]);
  encoder.input('speech_lengths', INT32, ['N']);
  const frames = sizeAt(encoder, x, 1);
  const shaped = (last: readonly number[]): string =>
    encoder.op(
      'Concat',
      [encoder.ints([1]), encoder.op('Unsqueeze', [frames, encoder.ints([0])]), encoder.ints(last)],
      {
        axis: 0,
      },
    );
  encoder.output(encoder.op('Expand', [encoder.floats([0.5]), shaped([PARAFORMER_SIZE])]), 'enc', FLOAT, [
    'N',
    'T',
    PARAFORMER_SIZE,
  ]);
  encoder.output(encoder.int32s([1]), 'enc_len', INT32, ['N']);
  const twoDims = encoder.op('Concat', [encoder.ints([1]), encoder.op('Unsqueeze', [frames, encoder.ints([0])])], {
    axis: 0,
  });
  // Each frame yields a fifth of a token, so a chunk of ten frames yields two.
  encoder.output(encoder.op('Expand', [encoder.floats([0.2]), twoDims]), 'alphas', FLOAT, ['N', 'T']);
  return encoder;
}

function paraformerDecoder(words: readonly string[], vocabulary: readonly string[]): OnnxGraph {
  const size = PARAFORMER_SIZE;
  const decoder = new OnnxGraph();
  decoder.input('enc', FLOAT, ['N', 'T', size]);
  decoder.input('enc_len', INT32, ['N']);
  const embeds = decoder.input('acoustic_embeds', FLOAT, ['N', 'K', size]);
  decoder.input('acoustic_embeds_len', INT32, ['N']);
  const heard = decoder.input('in_cache_0', FLOAT, ['N', size, 1]);
  const count = sizeAt(decoder, embeds, 1);
  // The cache contains the number of tokens so far.
  const before = decoder.op(
    'Cast',
    [decoder.op('Gather', [decoder.op('Reshape', [heard, decoder.ints([-1])]), decoder.ints([0], [])])],
    { to: INT64 },
  );
  const at = decoder.op('Add', [range(decoder, count), before]);
  const ids = [...words, '<blk>'].map((word) => vocabulary.indexOf(word));
  const probabilities = decoder.op('Unsqueeze', [oneHot(decoder, ids, at, vocabulary.length), decoder.ints([0])]);
  decoder.output(probabilities, 'logits', FLOAT, ['N', 'K', vocabulary.length]);
  const sampled = decoder.op('ArgMax', [probabilities], { axis: 2, keepdims: 0 });
  decoder.output(sampled, 'sample_ids', INT64, ['N', 'K']);
  decoder.output(decoder.op('Add', [heard, decoder.op('Cast', [count], { to: FLOAT })]), 'out_cache_0', FLOAT, [
    'N',
    size,
    1,
  ]);
  return decoder;
}

/** Makes a Matcha voice with a vocoder. It hums, longer for texts with more tokens. */
export function tinyMatcha(): TinyFiles {
  const { tokens, lexicon } = tinyVits();
  const graph = new OnnxGraph();
  const x = graph.input('x', INT64, ['N', 'T']);
  graph.input('x_length', INT64, ['N']);
  graph.input('noise_scale', FLOAT, [1]);
  graph.input('length_scale', FLOAT, [1]);
  const mel = graph.op('Expand', [
    graph.floats([0]),
    graph.op('Concat', [graph.ints([1, FEATURES]), graph.op('Unsqueeze', [sizeAt(graph, x, 1), graph.ints([0])])], {
      axis: 0,
    }),
  ]);
  graph.output(mel, 'mel', FLOAT, ['N', FEATURES, 'L']);
  const vocoder = new OnnxGraph();
  const frames = vocoder.input('mel', FLOAT, ['N', FEATURES, 'L']);
  vocoder.output(humming(vocoder, sizeAt(vocoder, frames, 2)), 'audio', FLOAT, ['N', 'L']);
  return {
    'model-steps-3.onnx': generated(graph, {
      model_type: 'matcha-tts',
      ...NOTES,
      sample_rate: TINY_VOICE_RATE_HZ,
      n_speakers: 1,
      jieba: 1,
      use_eos_bos: 0,
      pad_id: 0,
      language: 'Chinese',
      voice: '',
    }),
    'vocos-22khz-univ.onnx': generated(vocoder, { model_type: 'hifigan' }),
    'tokens.txt': tokens,
    'lexicon.txt': lexicon,
  };
}

function humming(graph: OnnxGraph, tokens: string): string {
  const samples = graph.op('Mul', [tokens, graph.ints([TINY_VOICE_TOKEN_SAMPLES], [])]);
  const time = graph.op('Cast', [range(graph, samples)], { to: FLOAT });
  const wave = graph.op('Sin', [graph.op('Mul', [time, graph.floats([0.1], [])])]);
  return graph.op('Unsqueeze', [graph.op('Mul', [wave, graph.floats([0.5], [])]), graph.ints([0])]);
}

/** Symbols that espeak-ng uses for English. */
const PHONEMES = Array.from(' ,.!?abdefhijklmnoprstuvwxzæðŋɐɑɔəɛɜɡɪɹɾʃʊʌʒˈˌːθᵻ$^_');

/** Makes a Kokoro voice of the first version, which speaks English. It hums, and needs `espeak-ng-data` next to it. */
export function tinyKokoro(): TinyFiles {
  const style = 4;
  const graph = new OnnxGraph();
  const x = graph.input('tokens', INT64, ['N', 'T']);
  graph.input('style', FLOAT, ['N', style]);
  graph.input('speed', FLOAT, [1]);
  const samples = graph.op('Mul', [sizeAt(graph, x, 1), graph.ints([100], [])]);
  graph.output(graph.op('Cast', [range(graph, samples)], { to: FLOAT }), 'audio', FLOAT, ['L']);
  const lengths = 256;
  return {
    'model.onnx': generated(graph, {
      model_type: 'kokoro',
      ...NOTES,
      sample_rate: TINY_VOICE_RATE_HZ,
      n_speakers: 1,
      has_espeak: 1,
      style_dim: `${lengths},1,${style}`,
      language: 'English',
      voice: 'en-us',
    }),
    'voices.bin': new Uint8Array(lengths * style * 4),
    'tokens.txt': PHONEMES.map((sign, id) => `${sign} ${id}\n`).join(''),
  };
}

/** Makes a Piper voice. It hums, and needs `espeak-ng-data` next to it. */
export function tinyPiper(): TinyFiles {
  const graph = new OnnxGraph();
  const x = graph.input('input', INT64, ['N', 'T']);
  graph.input('input_lengths', INT64, ['N']);
  graph.input('scales', FLOAT, [3]);
  graph.output(graph.op('Unsqueeze', [humming(graph, sizeAt(graph, x, 1)), graph.ints([0])]), 'output', FLOAT, [
    'N',
    1,
    1,
    'L',
  ]);
  return {
    'zh_CN-huayan-medium.onnx': generated(graph, {
      model_type: 'vits',
      version: 1,
      comment: 'piper',
      language: 'English',
      voice: 'en-us',
      has_espeak: 1,
      sample_rate: TINY_VOICE_RATE_HZ,
      n_speakers: 1,
    }),
    'tokens.txt': PHONEMES.map((sign, id) => `${sign} ${id}\n`).join(''),
  };
}

export function tinyVitsFiles(): TinyFiles {
  const { model, tokens, lexicon } = tinyVits();
  return { 'model.onnx': model, 'tokens.txt': tokens, 'lexicon.txt': lexicon };
}

export function tinySenseVoiceFiles(words: readonly string[]): TinyFiles {
  const { model, tokens } = tinySenseVoice(words);
  return { 'model.int8.onnx': model, 'tokens.txt': tokens };
}

/** How many numbers the voice vector of {@link tinySpeaker} has. */
export const TINY_VOICE_NUMBERS = FEATURES;

/** Makes a model that turns a voice into a vector: its average spectrum minus the mean. */
export function tinySpeaker(name: string): TinyFiles {
  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', FEATURES]);
  const spectrum = graph.op('ReduceMean', [x], { axes: [1], keepdims: 0 });
  const mean = graph.op('ReduceMean', [spectrum], { axes: [1], keepdims: 1 });
  graph.output(graph.op('Sub', [spectrum, mean]), 'embedding', FLOAT, ['N', FEATURES]);
  const model = generated(graph, {
    ...NOTES,
    framework: '3d-speaker',
    language: 'Chinese-English',
    sample_rate: 16_000,
    output_dim: FEATURES,
    normalize_samples: 1,
    feature_normalize_type: '',
  });
  return { [name]: model };
}

/**
 * Makes an end-of-turn model. Its probability is 1.5 times the mean of the features, which is below 0.4 for the first
 * three seconds of the clip austen-0870 and above 0.75 for all of it.
 */
export function tinyTurn(name: string): TinyFiles {
  const graph = new OnnxGraph();
  const x = graph.input('input_features', FLOAT, ['N', FEATURES, 800]);
  const mean = graph.op('ReduceMean', [x], { axes: [1, 2], keepdims: 0 });
  const probability = graph.op('Mul', [mean, graph.floats([1.5], [])]);
  graph.output(graph.op('Unsqueeze', [probability, graph.ints([1])]), 'logits', FLOAT, ['N', 1]);
  return { [name]: generated(graph, NOTES) };
}
