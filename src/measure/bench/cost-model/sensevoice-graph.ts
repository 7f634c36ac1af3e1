import { FLOAT, INT32, INT64, INT8, OnnxGraph, UINT8 } from './onnx/index.js';
import { type ByteTable, normalBytes, randomBytes, SeededRandom } from './random.js';

export interface SenseVoiceShape {
  /** Blocks of the encoder. The first block widens 560 features to `width`. */
  readonly blocks: number;
  /** Blocks after the encoder's norm. The original calls them "tp", for timestamp prediction. */
  readonly tpBlocks: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
}

/** From FunASR's SenseVoiceEncoderSmall and its export. */
export const SENSEVOICE_SMALL: SenseVoiceShape = {
  blocks: 50,
  tpBlocks: 20,
  width: 512,
  heads: 4,
  feedForward: 2_048,
  vocabulary: 25_055,
};

/** The published model uses `uint8`. `int8` is for comparison. */
export type WeightType = 'uint8' | 'int8';

export interface GraphOptions {
  readonly shape: SenseVoiceShape;
  readonly weights: WeightType;
  readonly seed: number;
  /** Added to the outputs of the last layer, one value for each token. */
  readonly outputBias: ArrayLike<number>;
}

/** Seven mel frames of 80 bins, stacked. */
const FEATURES = 560;
/** Embeddings that can precede the sound: languages, events, emotions, text with and without normalisation. */
const QUERIES = 16;
const QUERY_FRAMES = 4;
/** Width of the memory's convolution over time. */
const MEMORY_TAPS = 11;
/** Standard deviation of the quantised weights, in quantisation steps (255 in all). */
const WEIGHT_DEVIATION = 30;
const BIAS_DEVIATION = 0.02;
const MEMORY_DEVIATION = 0.1;
/**
 * With random layers of normal size, all frames become alike, and the same token wins in every frame. Equal neighbours
 * are joined, so no text would be left. With these gains, the layers add little and the position of a frame counts
 * much. The amount of computation stays the same.
 */
const SHARED_GAIN = 0.1;
const SOUND_GAIN = 0.2;

/**
 * A graph with the inputs, outputs, layers and dynamic quantisation of SenseVoice, and so with its CPU cost. The
 * weights are random and are drawn when the model is written.
 */
export function senseVoiceGraph(options: GraphOptions): OnnxGraph {
  return new SenseVoiceBuilder(options).build();
}

class SenseVoiceBuilder {
  readonly #graph = new OnnxGraph();
  readonly #random: SeededRandom;
  readonly #tables = new Map<number, ByteTable>();

  constructor(private readonly options: GraphOptions) {
    this.#random = new SeededRandom(options.seed);
  }

  build(): OnnxGraph {
    const { shape, outputBias } = this.options;
    const { blocks, tpBlocks, width, vocabulary } = shape;
    const graph = this.#graph;
    graph.input('x', FLOAT, ['N', 'T', FEATURES]);
    graph.input('x_length', INT32, ['N']);
    graph.input('language', INT32, ['N']);
    graph.input('text_norm', INT32, ['N']);
    const framed = this.#withQueries();
    const masks = this.#masks(framed);
    let x = this.#withPositions(framed, masks.times);
    for (let i = 0; i < blocks; i++) x = this.#block(x, i === 0 ? FEATURES : width, masks);
    x = this.#norm(x, width);
    for (let i = 0; i < tpBlocks; i++) x = this.#block(x, width, masks);
    x = this.#norm(x, width);
    graph.output(this.#linear(x, width, vocabulary, { bias: outputBias }), 'logits', FLOAT, ['N', 'T_out', vocabulary]);
    return graph;
  }

  /** Prepends four frames: language, event, emotion, and whether the text is normalised. */
  #withQueries(): string {
    const graph = this.#graph;
    const embeddings = graph.floats(this.#random.normals(QUERIES * FEATURES, 1), [QUERIES, FEATURES]);
    const language = graph.op('Unsqueeze', [graph.op('Gather', [embeddings, 'language']), graph.ints([1])]);
    const textNorm = graph.op('Unsqueeze', [graph.op('Gather', [embeddings, 'text_norm']), graph.ints([1])]);
    const two = graph.op('Gather', [embeddings, graph.ints([1, 2], [1, 2])]);
    const batch = graph.op('Slice', [graph.op('Shape', ['x']), graph.ints([0]), graph.ints([1])]);
    const events = graph.op('Tile', [two, graph.op('Concat', [batch, graph.ints([1, 1])], { axis: 0 })]);
    return graph.op('Concat', [language, events, textNorm, 'x'], { axis: 1 });
  }

  #masks(framed: string): Masks {
    const graph = this.#graph;
    const lengths = graph.op('Add', ['x_length', graph.int32s([QUERY_FRAMES])]);
    const frames = graph.op('Gather', [graph.op('Shape', [framed]), graph.ints([1], [])]);
    const times = graph.op('Range', [graph.ints([0], []), frames, graph.ints([1], [])]);
    const within = graph.op('Less', [
      graph.op('Unsqueeze', [times, graph.ints([0])]),
      graph.op('Unsqueeze', [graph.op('Cast', [lengths], { to: INT64 }), graph.ints([1])]),
    ]);
    return {
      times,
      sound: graph.op('Unsqueeze', [graph.op('Cast', [within], { to: FLOAT }), graph.ints([2])]),
      padding: graph.op('Unsqueeze', [graph.op('Not', [within]), graph.ints([1, 2])]),
      minusInfinity: graph.floats([Number.NEGATIVE_INFINITY], []),
      zero: graph.floats([0], []),
      splitHeads: graph.ints([0, -1, this.options.shape.heads, this.#headWidth()]),
      joinHeads: graph.ints([0, -1, this.options.shape.width]),
    };
  }

  #withPositions(framed: string, times: string): string {
    const graph = this.#graph;
    const half = FEATURES / 2;
    const scaled = graph.op('Mul', [framed, graph.floats([SOUND_GAIN], [])]);
    const position = graph.op('Cast', [graph.op('Add', [times, graph.ints([1], [])])], { to: FLOAT });
    // Random rates make any two frames differ, while neighbouring frames of the original are alike.
    const rates = Array.from({ length: half }, () => (2 * Math.PI * this.#random.nextUint32()) / 2 ** 32);
    const phases = graph.op('Mul', [
      graph.op('Unsqueeze', [position, graph.ints([1])]),
      graph.floats(rates, [1, half]),
    ]);
    const waves = graph.op('Concat', [graph.op('Sin', [phases]), graph.op('Cos', [phases])], { axis: 1 });
    return graph.op('Add', [scaled, graph.op('Unsqueeze', [waves, graph.ints([0])])]);
  }

  /** Self-attention with a memory (SAN-M), and feed-forward layers. */
  #block(x: string, inputs: number, masks: Masks): string {
    const graph = this.#graph;
    const { width, feedForward } = this.options.shape;
    const [query, key, value] = graph.op3(
      'Split',
      [this.#linear(this.#norm(x, inputs), inputs, 3 * width), graph.ints([width, width, width])],
      { axis: -1 },
    );
    const attended = this.#linear(this.#attention(query, key, value, masks), width, width, { gain: SHARED_GAIN });
    const heard = graph.op('Add', [attended, this.#memory(value, masks)]);
    // The first block changes the width, so its input cannot be added to its result.
    const sum = inputs === width ? graph.op('Add', [x, heard]) : heard;
    const inner = graph.op('Relu', [this.#linear(this.#norm(sum, width), width, feedForward)]);
    return graph.op('Add', [sum, this.#linear(inner, feedForward, width, { gain: SHARED_GAIN })]);
  }

  #memory(value: string, { sound }: Masks): string {
    const graph = this.#graph;
    const { width } = this.options.shape;
    const side = (MEMORY_TAPS - 1) / 2;
    const masked = graph.op('Mul', [value, sound]);
    const taps = graph.floats(this.#random.normals(width * MEMORY_TAPS, MEMORY_DEVIATION), [width, 1, MEMORY_TAPS]);
    const channels = graph.op('Transpose', [masked], { perm: [0, 2, 1] });
    const filtered = graph.op('Conv', [channels, taps], {
      group: width,
      kernel_shape: [MEMORY_TAPS],
      pads: [side, side],
      strides: [1],
    });
    const frames = graph.op('Transpose', [filtered], { perm: [0, 2, 1] });
    return graph.op('Mul', [graph.op('Add', [frames, masked]), sound]);
  }

  #attention(query: string, key: string, value: string, masks: Masks): string {
    const graph = this.#graph;
    const heads = (of: string, perm: readonly number[]): string =>
      graph.op('Transpose', [graph.op('Reshape', [of, masks.splitHeads])], { perm });
    const queries = graph.op('Mul', [heads(query, [0, 2, 1, 3]), graph.floats([this.#headWidth() ** -0.5], [])]);
    const scores = graph.op('MatMul', [queries, heads(key, [0, 2, 3, 1])]);
    const shares = graph.op('Softmax', [graph.op('Where', [masks.padding, masks.minusInfinity, scores])], { axis: -1 });
    const sums = graph.op('MatMul', [
      graph.op('Where', [masks.padding, masks.zero, shares]),
      heads(value, [0, 2, 1, 3]),
    ]);
    return graph.op('Reshape', [graph.op('Transpose', [sums], { perm: [0, 2, 1, 3] }), masks.joinHeads]);
  }

  #norm(x: string, width: number): string {
    const ones = this.#graph.floats(new Float32Array(width).fill(1));
    return this.#graph.op('LayerNormalization', [x, ones, this.#graph.floats(new Float32Array(width))], {
      axis: -1,
      epsilon: { float: 1e-5 },
    });
  }

  /** A fully connected layer as dynamic quantisation writes it. */
  #linear(
    x: string,
    inputs: number,
    outputs: number,
    more: { readonly gain?: number; readonly bias?: ArrayLike<number> } = {},
  ): string {
    const graph = this.#graph;
    const bias = this.#random.normals(outputs, BIAS_DEVIATION);
    for (let i = 0; i < outputs; i++) bias[i] = (bias[i] ?? 0) + (more.bias?.[i] ?? 0);
    const { weights, zeroPoint } = this.#weights(inputs, outputs);
    const scale = graph.floats([(more.gain ?? 1) / Math.sqrt(inputs) / WEIGHT_DEVIATION], []);
    const [quantised, inputScale, inputZeroPoint] = graph.op3('DynamicQuantizeLinear', [x]);
    const product = graph.op('Cast', [graph.op('MatMulInteger', [quantised, weights, inputZeroPoint, zeroPoint])], {
      to: FLOAT,
    });
    return graph.op('Add', [graph.op('Mul', [product, graph.op('Mul', [inputScale, scale])]), graph.floats(bias)]);
  }

  #weights(inputs: number, outputs: number): { weights: string; zeroPoint: string } {
    const graph = this.#graph;
    const signed = this.options.weights === 'int8';
    // The zero points of a published model lie near the middle.
    const zero = signed ? 0 : this.#random.integer(118, 138);
    const table =
      this.#tables.get(zero) ??
      (signed ? normalBytes(WEIGHT_DEVIATION, 0, -127, 127) : normalBytes(WEIGHT_DEVIATION, zero, 0, 255));
    this.#tables.set(zero, table);
    const type = signed ? INT8 : UINT8;
    const weights = graph.tensor(
      type,
      [inputs, outputs],
      randomBytes(inputs * outputs, table, this.#random.nextUint32()),
    );
    return { weights, zeroPoint: graph.tensor(type, [], Uint8Array.of(zero)) };
  }

  #headWidth(): number {
    return this.options.shape.width / this.options.shape.heads;
  }
}

interface Masks {
  /** The number of each frame: 0, 1, 2 ... */
  readonly times: string;
  /** 1 for sound, 0 for padding. The shape is [N, T, 1]. */
  readonly sound: string;
  /** The inverse of `sound`, for attention. The shape is [N, 1, 1, T]. */
  readonly padding: string;
  readonly minusInfinity: string;
  readonly zero: string;
  /** Tensor shapes that split the attention heads, and that join them again. */
  readonly splitHeads: string;
  readonly joinHeads: string;
}
