import {
  encodeGraph,
  encodeModel,
  encodeTensor,
  FIELD,
  FLOAT,
  type AttributeFields,
  type GraphFields,
  INT32,
  INT64,
  LENGTH_DELIMITED,
  type NodeFields,
  type ValueFields,
  varint,
} from './schema.js';

/** A name stands for a size that is known only when the model runs. */
export type Dimension = number | string;

/** JavaScript cannot tell 1 from 1.0, but ONNX must. `float` marks a float. */
export type AttributeValue = number | readonly number[] | { readonly float: number };

/** Little-endian content. It may be generated while it is written, so that a big model needs little memory. */
export interface TensorData {
  readonly byteLength: number;
  /** Yields `byteLength` bytes in total. The memory of a chunk may be reused for the next chunk. */
  chunks(): Iterable<Uint8Array>;
}

export interface OnnxModel {
  readonly byteLength: number;
  /** The chunks in the order of the file. Each is valid until the next one is requested. */
  chunks(): Generator<Uint8Array>;
}

export interface ModelOptions {
  readonly producer: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

interface Initializer {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly header: Uint8Array;
  readonly data: TensorData;
}

/** Close to the published SenseVoice graphs, and supported by every current ONNX runtime. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** Methods that add an input, a constant or an operator return the name of its value. */
export class OnnxGraph {
  readonly #nodes: NodeFields[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueFields[] = [];
  readonly #outputs: ValueFields[] = [];
  #next = 0;

  input(name: string, type: number, dims: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(value: string, name: string, type: number, dims: readonly Dimension[]): void {
    this.#nodes.push({ input: [value], output: [name], opType: 'Identity', attribute: [] });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** Adds a vector by default, and a scalar if `dims` is `[]`. */
  floats(values: ArrayLike<number>, dims: readonly number[] = [values.length]): string {
    return this.tensor(FLOAT, dims, Float32Array.from(values));
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.tensor(INT64, dims, BigInt64Array.from(values, BigInt));
  }

  int32s(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.tensor(INT32, dims, Int32Array.from(values));
  }

  tensor(dataType: number, dims: readonly number[], content: TensorData | NodeJS.ArrayBufferView): string {
    const name = `c${this.#next++}`;
    const data = ArrayBuffer.isView(content) ? inMemory(content) : content;
    this.#initializers.push({ dims, dataType, header: encodeTensor({ dims, dataType, name }), data });
    return name;
  }

  op(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    const output = `v${this.#next++}`;
    this.#node(opType, inputs, [output], attributes);
    return output;
  }

  op3(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): [string, string, string] {
    const first = this.#next;
    this.#next += 3;
    const outputs: [string, string, string] = [`v${first}`, `v${first + 1}`, `v${first + 2}`];
    this.#node(opType, inputs, outputs, attributes);
    return outputs;
  }

  histogram(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { opType } of this.#nodes) counts[opType] = (counts[opType] ?? 0) + 1;
    return counts;
  }

  constants(): readonly { readonly dims: readonly number[]; readonly dataType: number }[] {
    return this.#initializers.map(({ dims, dataType }) => ({ dims, dataType }));
  }

  model(options: ModelOptions): OnnxModel {
    const { producer, name, metadata } = options;
    const head = encodeModel({
      irVersion: IR_VERSION,
      producerName: producer,
      opsetImport: [{ domain: '', version: OPERATOR_SET }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value: String(value) })),
    });
    const graph = encodeGraph({
      name,
      node: this.#nodes,
      input: this.#inputs,
      output: this.#outputs,
    } satisfies GraphFields);
    const tensors = this.#initializers.map(({ header, data }) => {
      const content = concat([tag(FIELD.tensor.rawData), varint(data.byteLength)]);
      const before = concat([
        tag(FIELD.graph.initializer),
        varint(header.length + content.length + data.byteLength),
        header,
        content,
      ]);
      return { before, data };
    });
    const graphBytes = tensors.reduce((sum, { before, data }) => sum + before.length + data.byteLength, graph.length);
    const start = concat([head, tag(FIELD.model.graph), varint(graphBytes), graph]);
    return {
      byteLength: start.length - graph.length + graphBytes,
      *chunks() {
        yield start;
        for (const { before, data } of tensors) {
          yield before;
          yield* data.chunks();
        }
      },
    };
  }

  #node(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    this.#nodes.push({
      input,
      output,
      opType,
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
  }
}

/** Returns the whole file in memory. */
export function modelBytes(model: OnnxModel): Uint8Array {
  const bytes = new Uint8Array(model.byteLength);
  let at = 0;
  for (const chunk of model.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function inMemory(view: NodeJS.ArrayBufferView): TensorData {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return { byteLength: bytes.length, chunks: () => [bytes] };
}

const tag = (field: number): Uint8Array => varint(field * 8 + LENGTH_DELIMITED);
const concat = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** Values of `AttributeProto.AttributeType`. */
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

function attribute(name: string, value: AttributeValue): AttributeFields {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float };
  return { name, ints: value, type: ATTRIBUTE.ints };
}

function valueInfo(name: string, elemType: number, dims: readonly Dimension[]): ValueFields {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
