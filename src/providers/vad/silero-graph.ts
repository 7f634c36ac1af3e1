import protobuf from 'protobufjs/minimal.js';
import { ChorusError } from '../../core/index.js';
import {
  ATTRIBUTE,
  GRAPH,
  LENGTH_DELIMITED,
  MODEL,
  NODE,
  node,
  subMessage,
  subMessages,
  tagOf,
  TENSOR,
  TENSOR_FLOAT,
  TENSOR_INT64,
  textIn,
  VARINT,
} from '../../engines/models/onnx-wire.js';

const BLOCK = 128;
/** A frame of the spectrum covers two blocks. A new frame starts at every block. */
const FRAME = 2 * BLOCK;
const FRAMES = 4;
/** Number of input samples per window: context, window, and the mirrored end of the window. */
export const GRAPH_SAMPLES = (FRAMES + 1) * BLOCK;
const BINS = 129;
const TAPS = 3;
const HIDDEN = 128;
const IR_VERSION = 8;
const OPERATORS = 16;

/** An encoder layer is a convolution over time, computed as a matrix product. */
interface Layer {
  readonly weights: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Number of frames per row of the input matrix and of the output matrix. */
  readonly inputFrames: number;
  readonly outputFrames: number;
  /** Number of silent frames that precede the first input frame. */
  readonly before: number;
}

const layer = (
  n: number,
  [inputs, outputs]: readonly [number, number],
  [inputFrames, outputFrames, before]: readonly [number, number, number],
): Layer => ({ weights: `encoder.${n}.reparam_conv`, inputs, outputs, inputFrames, outputFrames, before });

/** A row of the first layer is a frame with its neighbours. A row of the other layers is a window. */
const ENCODER: readonly Layer[] = [
  layer(0, [BINS, 128], [TAPS, 1, 0]),
  layer(1, [128, 64], [4, 2, 1]),
  layer(2, [64, 64], [2, 1, 1]),
  layer(3, [64, HIDDEN], [1, 1, 1]),
];

/**
 * Silero's network for 16 kHz with one matrix product per layer (docs/adr/0045-silero-in-batches.md). The published
 * graph reads all weights again for each window. Inputs: `input` [windows, {@link GRAPH_SAMPLES}], `state` [2, windows,
 * 128]; outputs: `output` [windows, 1], `stateN`. Only the order of sums differs from the published graph. Throws
 * `model.corrupt` for any other graph.
 */
export function batchedSilero(published: Uint8Array): Uint8Array {
  const weights = new Weights(published);
  const initializers: Uint8Array[] = [
    integers(
      'frame_blocks',
      Array.from({ length: 2 * FRAMES }, (_, i) => (i + (i % 2)) / 2),
    ),
    integers('as_blocks', [-1, FRAMES + 1, BLOCK]),
    integers('as_frames', [-1, FRAME]),
    integers('as_bins', [-1, FRAMES, BINS]),
    integers('silent_frames', [0, 1, 0, 0, 1, 0]),
    integers(
      'neighbours',
      Array.from({ length: FRAMES * TAPS }, (_, i) => Math.floor(i / TAPS) + (i % TAPS)),
    ),
    integers('as_neighbours', [-1, TAPS * BINS]),
    integers('as_windows', [-1, FRAMES * 128]),
    integers('as_step', [1, -1, HIDDEN]),
    integers('as_rows', [-1, HIDDEN]),
    floats('stft', [FRAME, 2 * BINS], transposed(weights.get('stft.forward_basis_buffer', 2 * BINS * FRAME), FRAME)),
    ...ENCODER.flatMap((one) => matrixOf(one, weights)),
    floats('rnn_inputs', [1, 4 * HIDDEN, HIDDEN], gates(weights.get('decoder.rnn.weight_ih', 4 * HIDDEN * HIDDEN))),
    floats('rnn_state', [1, 4 * HIDDEN, HIDDEN], gates(weights.get('decoder.rnn.weight_hh', 4 * HIDDEN * HIDDEN))),
    floats(
      'rnn_bias',
      [1, 8 * HIDDEN],
      [
        ...gates(weights.get('decoder.rnn.bias_ih', 4 * HIDDEN)),
        ...gates(weights.get('decoder.rnn.bias_hh', 4 * HIDDEN)),
      ],
    ),
    floats('decision', [HIDDEN, 1], weights.get('decoder.decoder.2.weight', HIDDEN)),
    floats('decision_bias', [1], weights.get('decoder.decoder.2.bias', 1)),
  ];
  const graph = Buffer.concat([
    ...operators().map((operator) => subMessage(GRAPH.node, operator)),
    subMessage(GRAPH.name, Buffer.from('silero')),
    ...initializers.map((tensor) => subMessage(GRAPH.initializer, tensor)),
    subMessage(GRAPH.input, value('input', ['windows', GRAPH_SAMPLES])),
    subMessage(GRAPH.input, value('state', [2, 'windows', HIDDEN])),
    subMessage(GRAPH.output, value('output', ['windows', 1])),
    subMessage(GRAPH.output, value('stateN', [2, 'windows', HIDDEN])),
  ]);
  return Buffer.concat([
    protobuf.Writer.create().uint32(tagOf(MODEL.irVersion, VARINT)).uint32(IR_VERSION).finish(),
    subMessage(MODEL.graph, graph),
    subMessage(MODEL.operators, protobuf.Writer.create().uint32(tagOf(2, VARINT)).uint32(OPERATORS).finish()),
  ]);
}

function operators(): readonly Uint8Array[] {
  return [
    node('Reshape', ['input', 'as_blocks'], ['blocks']),
    node('Gather', ['blocks', 'frame_blocks'], ['frame_pairs'], { axis: 1 }),
    node('Reshape', ['frame_pairs', 'as_frames'], ['frames']),
    node('MatMul', ['frames', 'stft'], ['spectrum']),
    node('Split', ['spectrum'], ['real', 'imaginary'], { axis: 1 }),
    node('Mul', ['real', 'real'], ['real_power']),
    node('Mul', ['imaginary', 'imaginary'], ['imaginary_power']),
    node('Add', ['real_power', 'imaginary_power'], ['power']),
    node('Sqrt', ['power'], ['magnitude']),
    node('Reshape', ['magnitude', 'as_bins'], ['bins']),
    node('Pad', ['bins', 'silent_frames'], ['padded_bins']),
    node('Gather', ['padded_bins', 'neighbours'], ['neighbouring_bins'], { axis: 1 }),
    node('Reshape', ['neighbouring_bins', 'as_neighbours'], ['encoded_0']),
    ...ENCODER.flatMap(({ weights }, n) => [
      node('Gemm', [`encoded_${n}`, `${weights}.weight`, `${weights}.bias`], [`sum_${n}`]),
      node('Relu', [`sum_${n}`], [n === 0 ? 'encoded_frames' : `encoded_${n + 1}`]),
      ...(n === 0 ? [node('Reshape', ['encoded_frames', 'as_windows'], ['encoded_1'])] : []),
    ]),
    node('Reshape', [`encoded_${ENCODER.length}`, 'as_step'], ['step']),
    node('Split', ['state'], ['hidden', 'cell'], { axis: 0 }),
    node(
      'LSTM',
      ['step', 'rnn_inputs', 'rnn_state', 'rnn_bias', '', 'hidden', 'cell'],
      ['', 'hidden_after', 'cell_after'],
      { hidden_size: HIDDEN },
    ),
    node('Concat', ['hidden_after', 'cell_after'], ['stateN'], { axis: 0 }),
    node('Reshape', ['hidden_after', 'as_rows'], ['features']),
    node('Relu', ['features'], ['active_features']),
    node('Gemm', ['active_features', 'decision', 'decision_bias'], ['logit']),
    node('Sigmoid', ['logit'], ['output']),
  ];
}

/** Converts a convolution with three taps to one matrix and a bias. */
function matrixOf(
  { weights: name, inputs, outputs, inputFrames, outputFrames, before }: Layer,
  weights: Weights,
): Uint8Array[] {
  const kernel = weights.get(`${name}.weight`, outputs * inputs * TAPS);
  const bias = weights.get(`${name}.bias`, outputs);
  const columns = outputFrames * outputs;
  const matrix = new Float32Array(inputFrames * inputs * columns);
  const stride = inputFrames / outputFrames;
  for (let to = 0; to < outputFrames; to++)
    for (let tap = 0; tap < TAPS; tap++) {
      const from = to * stride + tap - before;
      if (from < 0 || from >= inputFrames) continue;
      for (let input = 0; input < inputs; input++)
        for (let output = 0; output < outputs; output++)
          matrix[(from * inputs + input) * columns + to * outputs + output] =
            kernel[(output * inputs + input) * TAPS + tap] ?? 0;
    }
  const biases = Array.from({ length: outputFrames }, () => [...bias]).flat();
  return [floats(`${name}.weight`, [inputFrames * inputs, columns], matrix), floats(`${name}.bias`, [columns], biases)];
}

class Weights {
  readonly #tensors = new Map<string, Uint8Array>();

  constructor(published: Uint8Array) {
    for (const graph of subMessages(published, MODEL.graph))
      for (const choice of subMessages(graph, GRAPH.node))
        for (const branch of subMessages(choice, NODE.attribute)) {
          if (textIn(branch, ATTRIBUTE.name) !== 'then_branch') continue;
          for (const inner of subMessages(branch, ATTRIBUTE.graph)) this.#take(inner);
        }
  }

  get(name: string, length: number): Float32Array {
    const bytes = this.#tensors.get(name);
    if (bytes?.byteLength !== 4 * length)
      throw new ChorusError('model.corrupt', `the voice activity model has no ${name} of ${length} numbers`);
    return new Float32Array(new Uint8Array(bytes).buffer);
  }

  #take(graph: Uint8Array): void {
    for (const constant of subMessages(graph, GRAPH.node))
      for (const attribute of subMessages(constant, NODE.attribute))
        for (const tensor of subMessages(attribute, ATTRIBUTE.tensor)) {
          const name = textIn(tensor, TENSOR.name);
          const [numbers] = subMessages(tensor, TENSOR.rawData);
          if (name !== undefined && numbers) this.#tensors.set(name, numbers);
        }
  }
}

function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  const out = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = matrix[row * columns + column] ?? 0;
  return out;
}

/** PyTorch's order of the gates is input, forget, cell, output. ONNX's order is input, output, forget, cell. */
function gates(weights: Float32Array): Float32Array {
  const quarter = weights.length / 4;
  const out = new Float32Array(weights.length);
  out.set(weights.subarray(0, quarter));
  out.set(weights.subarray(3 * quarter), quarter);
  out.set(weights.subarray(quarter, 3 * quarter), 2 * quarter);
  return out;
}

function floats(name: string, dims: readonly number[], numbers: ArrayLike<number>): Uint8Array {
  return tensor(name, dims, TENSOR_FLOAT, new Uint8Array(Float32Array.from(numbers).buffer));
}

function integers(name: string, numbers: readonly number[]): Uint8Array {
  return tensor(name, [numbers.length], TENSOR_INT64, new Uint8Array(BigInt64Array.from(numbers.map(BigInt)).buffer));
}

function tensor(name: string, dims: readonly number[], type: number, bytes: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const dim of dims) writer.uint32(tagOf(TENSOR.dims, VARINT)).int64(dim);
  writer.uint32(tagOf(TENSOR.dataType, VARINT)).int32(type);
  writer.uint32(tagOf(TENSOR.name, LENGTH_DELIMITED)).string(name);
  return Buffer.concat([writer.finish(), subMessage(TENSOR.rawData, bytes)]);
}

function value(name: string, shape: readonly (number | string)[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tagOf(1, LENGTH_DELIMITED)).string(name);
  writer.uint32(tagOf(2, LENGTH_DELIMITED)).fork();
  writer.uint32(tagOf(1, LENGTH_DELIMITED)).fork();
  writer.uint32(tagOf(1, VARINT)).int32(TENSOR_FLOAT);
  writer.uint32(tagOf(2, LENGTH_DELIMITED)).fork();
  for (const dim of shape) {
    writer.uint32(tagOf(1, LENGTH_DELIMITED)).fork();
    if (typeof dim === 'number') writer.uint32(tagOf(1, VARINT)).int64(dim);
    else writer.uint32(tagOf(2, LENGTH_DELIMITED)).string(dim);
    writer.ldelim();
  }
  return writer.ldelim().ldelim().ldelim().finish();
}
