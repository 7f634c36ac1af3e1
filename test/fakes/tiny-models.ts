import { FLOAT, INT32, INT64, modelBytes, OnnxGraph } from '../../src/measure/bench/cost-model/onnx/index.js';

export interface TinyModel {
  readonly model: Uint8Array;
  readonly tokens: string;
}

/** SenseVoice takes 80 mel bins of seven frames at a time. */
const FEATURES = 560;

/**
 * Makes a model with SenseVoice's inputs, outputs and metadata. In any audio that is long enough (60 ms per word), it
 * recognises `words`, in the language `zh`. As in the original, the first four frames are annotations.
 */
export function tinySenseVoice(words: readonly string[]): TinyModel {
  const annotations = ['<|zh|>', '<|NEUTRAL|>', '<|Speech|>', '<|withitn|>'];
  const vocabulary = ['<blank>', ...annotations, ...new Set(words)];
  // CTC merges equal neighbours, so there must be a blank between words. The last blank is repeated until the end.
  const frames = [...annotations, ...words.flatMap((word) => [word, '<blank>'])].map((token) =>
    vocabulary.indexOf(token),
  );

  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', FEATURES]);
  graph.input('x_length', INT32, ['N']);
  graph.input('language', INT32, ['N']);
  graph.input('text_norm', INT32, ['N']);
  const length = graph.op('Add', [
    graph.op('Gather', [graph.op('Shape', [x]), graph.ints([1], [])]),
    graph.ints([annotations.length], []),
  ]);
  const frame = graph.op('Min', [
    graph.op('Range', [graph.ints([0], []), length, graph.ints([1], [])]),
    graph.ints([frames.length - 1], []),
  ]);
  const tokens = graph.op('Gather', [graph.ints(frames), frame]);
  const logits = graph.op('OneHot', [tokens, graph.ints([vocabulary.length], []), graph.floats([0, 1])]);
  graph.output(graph.op('Unsqueeze', [logits, graph.ints([0])]), 'logits', FLOAT, ['N', 'T_out', vocabulary.length]);

  const model = generated(graph, {
    model_type: 'sense_voice_ctc',
    version: 2,
    model_author: 'test',
    maintainer: 'test',
    comment: 'hears the same words in everything',
    url: 'none',
    vocab_size: vocabulary.length,
    lfr_window_size: 7,
    lfr_window_shift: 6,
    normalize_samples: 0,
    neg_mean: Array.from({ length: FEATURES }, () => -9.5).join(','),
    inv_stddev: Array.from({ length: FEATURES }, () => 0.17).join(','),
    lang_auto: 0,
    lang_zh: 3,
    lang_en: 4,
    lang_yue: 7,
    lang_ja: 11,
    lang_ko: 12,
    with_itn: 14,
    without_itn: 15,
  });
  return { model, tokens: vocabulary.map((token, id) => `${token} ${id}\n`).join('') };
}

export interface TinyVoice extends TinyModel {
  readonly lexicon: string;
}

export const TINY_VOICE_RATE_HZ = 22_050;
/** How many samples of tone each token of a text yields. */
export const TINY_VOICE_TOKEN_SAMPLES = 2_205;

/** Makes a model with VITS's inputs, outputs and metadata. It hums for 100 ms per token of its text. */
export function tinyVits(): TinyVoice {
  const characters = Array.from('你好小智再见');
  const symbols = ['_', '，', '。', '！', '？', ...characters.map((_, index) => `p${index}`)];

  const graph = new OnnxGraph();
  const x = graph.input('x', INT64, ['N', 'T']);
  graph.input('x_length', INT64, ['N']);
  graph.input('noise_scale', FLOAT, [1]);
  graph.input('length_scale', FLOAT, [1]);
  graph.input('noise_scale_w', FLOAT, [1]);
  const tokens = graph.op('Gather', [graph.op('Shape', [x]), graph.ints([1], [])]);
  const samples = graph.op('Mul', [tokens, graph.ints([TINY_VOICE_TOKEN_SAMPLES], [])]);
  const time = graph.op('Cast', [graph.op('Range', [graph.ints([0], []), samples, graph.ints([1], [])])], {
    to: FLOAT,
  });
  const tone = graph.op('Mul', [
    graph.op('Sin', [graph.op('Mul', [time, graph.floats([(2 * Math.PI * 441) / TINY_VOICE_RATE_HZ], [])])]),
    graph.floats([0.5], []),
  ]);
  graph.output(graph.op('Unsqueeze', [tone, graph.ints([0, 1])]), 'y', FLOAT, ['N', 1, 'L']);

  const model = generated(graph, {
    model_type: 'vits',
    comment: 'test',
    language: 'Chinese',
    sample_rate: TINY_VOICE_RATE_HZ,
    n_speakers: 1,
    add_blank: 0,
    punctuation: '， 。 ！ ？',
  });
  return {
    model,
    tokens: symbols.map((symbol, id) => `${symbol} ${id}\n`).join(''),
    lexicon: characters.map((character, index) => `${character} p${index}\n`).join(''),
  };
}

export function generated(graph: OnnxGraph, metadata: Readonly<Record<string, string | number>>): Uint8Array {
  return modelBytes(graph.model({ producer: 'chorus-test', name: 'test', metadata }));
}
