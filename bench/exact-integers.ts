import { FLOAT, INT32, INT64, INT8, modelBytes, OnnxGraph, UINT8 } from '../src/measure/bench/cost-model/onnx/index.js';
import { SeededRandom } from '../src/measure/bench/cost-model/random.js';
import type { WeightType } from '../src/measure/bench/cost-model/index.js';
import { senseVoiceMetadata } from '../src/measure/bench/cost-model/write-cost-model.js';

export interface ExactCase {
  readonly weights: WeightType;
  /** Number of rows. The runtime chooses its kernel by this number. */
  readonly rows: number;
  /** `extreme` has only the ends of the range, where 16-bit sums saturate. */
  readonly values: 'random' | 'extreme';
  /**
   * `integers` compares the result of MatMulInteger. `floats` compares the result after Cast and Mul, which the runtime
   * fuses with MatMulInteger.
   */
  readonly compared: 'integers' | 'floats';
}

export const EXACT_CASES: readonly ExactCase[] = (['uint8', 'int8'] as const).flatMap((weights) =>
  [1, 5, 83].flatMap((rows) =>
    (['random', 'extreme'] as const).flatMap((values) =>
      (['integers', 'floats'] as const).map((compared) => ({ weights, rows, values, compared })),
    ),
  ),
);

const FEATURES = 560;
const COLUMNS = 96;
const ANNOTATIONS = ['<|zh|>', '<|NEUTRAL|>', '<|Speech|>', '<|withitn|>'];
/** Characters that stand for the number of wrong elements in a product. The last one means "more". */
const COUNTS = ['零', '一', '二', '三', '多'];
const INPUT_ZERO = 7;

/**
 * A model with SenseVoice's inputs and outputs. It multiplies as the published models do, and compares the products
 * with exact integers that are stored as constants. Its text has one character for each case, for the number of wrong
 * elements. The model runs in the runtime of any engine.
 *
 * `wrong` is the number of expected elements that are falsified in each case, to prove that the comparison works.
 */
export function exactIntegers(wrong = 0): { readonly model: Uint8Array; readonly tokens: string } {
  const vocabulary = ['<blank>', ...ANNOTATIONS, ...COUNTS];
  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', FEATURES]);
  for (const name of ['x_length', 'language', 'text_norm']) graph.input(name, INT32, ['N']);
  // This value is always 1, but the runtime knows it only when the model runs. The runtime would multiply plain
  // constants already when it loads the model.
  const one = graph.op('Cast', [graph.op('Gather', [graph.op('Shape', [x]), graph.ints([0], [])])], { to: FLOAT });
  const random = new SeededRandom(11);
  const firstCount = graph.ints([1 + ANNOTATIONS.length]);
  const counts = EXACT_CASES.flatMap((which) => [
    graph.op('Add', [misses(graph, one, which, random, wrong), firstCount]),
    graph.ints([0]),
  ]);
  const head = graph.ints(ANNOTATIONS.map((_, at) => 1 + at));
  const tokens = graph.op('Concat', [head, ...counts], { axis: 0 });
  // The number of frames depends on the length of the sound, so the last blank is repeated.
  const length = graph.op('Add', [
    graph.op('Gather', [graph.op('Shape', [x]), graph.ints([1], [])]),
    graph.ints([ANNOTATIONS.length], []),
  ]);
  const frame = graph.op('Min', [
    graph.op('Range', [graph.ints([0], []), length, graph.ints([1], [])]),
    graph.ints([ANNOTATIONS.length + 2 * EXACT_CASES.length - 1], []),
  ]);
  const logits = graph.op('OneHot', [
    graph.op('Gather', [tokens, frame]),
    graph.ints([vocabulary.length], []),
    graph.floats([0, 1]),
  ]);
  graph.output(graph.op('Unsqueeze', [logits, graph.ints([0])]), 'logits', FLOAT, ['N', 'T_out', vocabulary.length]);
  return {
    model: modelBytes(
      graph.model({ producer: 'chorus', name: 'exact', metadata: senseVoiceMetadata(vocabulary.length) }),
    ),
    tokens: vocabulary.map((token, id) => `${token} ${id}\n`).join(''),
  };
}

/** Seconds of sound that the text of {@link exactIntegers} needs. A frame is 60 ms. */
export const EXACT_SECONDS = Math.ceil((2 * EXACT_CASES.length + 8) * 0.06);

/** The cases with a wrong element, in words. Throws if the text does not come from {@link exactIntegers}. */
export function inexact(text: string): readonly string[] {
  const counts = Array.from(text.replaceAll(/\s/g, ''));
  if (counts.length !== EXACT_CASES.length || counts.some((count) => !COUNTS.includes(count)))
    throw new TypeError(`not the text of the exact model: ${text}`);
  return EXACT_CASES.flatMap(({ weights, rows, values, compared }, at) => {
    const wrong = COUNTS.indexOf(counts[at] ?? '');
    const words = `${wrong}${wrong === COUNTS.length - 1 ? ' or more' : ''} wrong`;
    return wrong === 0 ? [] : [`${weights}, ${rows} rows, ${values}, ${compared}: ${words}`];
  });
}

/** Number of wrong elements, at most `COUNTS.length - 1`, as a vector of length one. */
function misses(graph: OnnxGraph, one: string, which: ExactCase, random: SeededRandom, wrong: number): string {
  const { weights, rows, values, compared } = which;
  const signed = weights === 'int8';
  const [low, high] = signed ? [-128, 127] : [0, 255];
  const draw = (from: number, to: number): number =>
    values === 'random' ? random.integer(from, to) : random.integer(0, 1) === 0 ? from : to;
  const input = Float32Array.from({ length: rows * FEATURES }, () => draw(-INPUT_ZERO, 255 - INPUT_ZERO));
  // With both ends of the range in the input, its scale is exactly 1, and its zero point is INPUT_ZERO.
  input.set([-INPUT_ZERO, 255 - INPUT_ZERO]);
  const weight = Int32Array.from({ length: FEATURES * COLUMNS }, () => draw(low, high));
  const zero = signed ? 0 : 131;
  const exact = product(input, weight, zero, rows);
  for (let i = 0; i < wrong; i++) exact[i] = (exact[i] ?? 0) + 512;
  const [quantised, scale, inputZero] = graph.op3('DynamicQuantizeLinear', [
    graph.op('Mul', [graph.floats(input, [rows, FEATURES]), one]),
  ]);
  const type = signed ? INT8 : UINT8;
  const found = graph.op('MatMulInteger', [
    quantised,
    graph.tensor(type, [FEATURES, COLUMNS], Uint8Array.from(weight)),
    inputZero,
    graph.tensor(type, [], Uint8Array.of(zero)),
  ]);
  const equal =
    compared === 'integers'
      ? graph.op('Equal', [found, graph.int32s(Array.from(exact), [rows, COLUMNS])])
      : graph.op('Equal', [
          graph.op('Mul', [graph.op('Cast', [found], { to: FLOAT }), graph.op('Mul', [scale, graph.floats([1], [])])]),
          graph.floats(exact, [rows, COLUMNS]),
        ]);
  const different = graph.op('ReduceSum', [graph.op('Cast', [graph.op('Not', [equal])], { to: INT64 })], {
    keepdims: 0,
  });
  return graph.op('Unsqueeze', [graph.op('Min', [different, graph.ints([COUNTS.length - 1], [])]), graph.ints([0])]);
}

/** `input * (weight - zero)` in integers. Every sum is below 2^53, so JavaScript's numbers are exact. */
function product(input: Float32Array, weight: Int32Array, zero: number, rows: number): Int32Array {
  const sums = new Int32Array(rows * COLUMNS);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let k = 0; k < FEATURES; k++)
        sum += (input[row * FEATURES + k] ?? 0) * ((weight[k * COLUMNS + column] ?? 0) - zero);
      sums[row * COLUMNS + column] = sum;
    }
  return sums;
}
