import protobuf from 'protobufjs/minimal.js';
import { ChorusError } from '../../core/index.js';
import {
  ATTRIBUTE,
  GRAPH,
  headOf,
  LENGTH_DELIMITED,
  MODEL,
  NODE,
  node,
  subMessages,
  tagOf,
  TENSOR_FLOAT,
  textIn,
} from './onnx-wire.js';

const LOGITS = 'logits';
/** One branch is for the first token, the other for all later tokens. */
const BRANCHES = 2;

/**
 * Rewrites Moonshine's decoder so that its last matrix product uses integers. The published decoder converts the whole
 * vocabulary matrix to floats for every token. The conversion takes half of the recognition time. The hidden state
 * keeps sixteen bits of precision, so the recognised texts are the same (docs/adr/0043-moonshine-decoder.md). Throws
 * `model.corrupt` for any other graph.
 */
export function moonshineDecoder(published: Uint8Array): Uint8Array {
  let rewritten = 0;
  const model = inEach(published, MODEL.graph, (graph) => [
    inEach(graph, GRAPH.node, (node) => [
      inEach(node, NODE.attribute, (attribute) => [
        inEach(attribute, ATTRIBUTE.graph, (branch) => {
          rewritten += 1;
          return [withIntegerLogits(branch)];
        }),
      ]),
    ]),
  ]);
  if (rewritten !== BRANCHES) throw unknownGraph();
  return model;
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function withIntegerLogits(branch: Uint8Array): Uint8Array {
  const nodes = subMessages(branch, GRAPH.node).map(readNode);
  const madeBy = (op: string, output: string | undefined): Node => {
    const node = nodes.find(({ op: made, outputs }) => made === op && outputs[0] === output);
    if (!node) throw unknownGraph();
    return node;
  };
  const product = madeBy('MatMul', LOGITS);
  const floats = madeBy('DequantizeLinear', product.inputs[1]);
  const [hidden = ''] = product.inputs;
  const [weights = '', scale = '', zeroPoint = ''] = floats.inputs;
  return inEach(branch, GRAPH.node, (bytes) => {
    const { outputs } = readNode(bytes);
    if (outputs[0] === floats.outputs[0]) return [];
    return outputs[0] === LOGITS ? integerProduct(hidden, { weights, scale, zeroPoint }) : [bytes];
  });
}

interface Quantized {
  readonly weights: string;
  readonly scale: string;
  readonly zeroPoint: string;
}

function integerProduct(hidden: string, vocabulary: Quantized): readonly Uint8Array[] {
  return [
    ...productOf('coarse', hidden, vocabulary),
    node('DequantizeLinear', ['coarse_bytes', 'coarse_scale', 'coarse_zero'], ['coarse_hidden']),
    node('Sub', [hidden, 'coarse_hidden'], ['rest_hidden']),
    ...productOf('rest', 'rest_hidden', vocabulary),
    node('Add', ['coarse_logits', 'rest_logits'], [LOGITS]),
  ];
}

/** Builds the product from nodes that the runtime fuses. */
function productOf(name: string, hidden: string, { weights, scale, zeroPoint }: Quantized): readonly Uint8Array[] {
  const [bytes, bytesScale, zero] = [`${name}_bytes`, `${name}_scale`, `${name}_zero`];
  return [
    node('DynamicQuantizeLinear', [hidden], [bytes, bytesScale, zero]),
    node('MatMulInteger', [bytes, weights, zero, zeroPoint], [`${name}_integers`]),
    node('Cast', [`${name}_integers`], [`${name}_floats`], { to: TENSOR_FLOAT }),
    node('Mul', [bytesScale, scale], [`${name}_factor`]),
    node('Mul', [`${name}_floats`, `${name}_factor`], [`${name}_logits`]),
  ];
}

/** Returns a copy of a message. `change` replaces each sub-message of one field by any number of others. */
function inEach(
  message: Uint8Array,
  field: number,
  change: (subMessage: Uint8Array) => readonly Uint8Array[],
): Uint8Array {
  const reader = protobuf.Reader.create(message);
  const wanted = tagOf(field, LENGTH_DELIMITED);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const found = reader.uint32();
    if (found === wanted) {
      const end = reader.uint32() + reader.pos;
      for (const changed of change(message.subarray(reader.pos, end)))
        parts.push(headOf(field, changed.byteLength), changed);
      reader.pos = end;
    } else {
      reader.skipType(found & 7);
      parts.push(message.subarray(start, reader.pos));
    }
  }
  return Buffer.concat(parts);
}

function readNode(bytes: Uint8Array): Node {
  const texts = (field: number): readonly string[] =>
    subMessages(bytes, field).map((text) => Buffer.from(text).toString('utf8'));
  return { op: textIn(bytes, NODE.opType) ?? '', inputs: texts(NODE.input), outputs: texts(NODE.output) };
}

const unknownGraph = (): ChorusError =>
  new ChorusError('model.corrupt', 'the decoder of Moonshine is not the one that is known');
