import protobuf from 'protobufjs/minimal.js';

// Field numbers and type numbers from onnx.proto.

export const MODEL = { irVersion: 1, graph: 7, operators: 8 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
export const ATTRIBUTE = { name: 1, integer: 3, tensor: 5, graph: 6, integers: 8, type: 20 } as const;
export const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
const ATTRIBUTE_IS = { integer: 2, integers: 7 } as const;
export const TENSOR_FLOAT = 1;
export const TENSOR_INT64 = 7;

export const VARINT = 0;
export const LENGTH_DELIMITED = 2;
export const tagOf = (field: number, wireType: number): number => (field << 3) | wireType;

/** The bytes that precede a sub-message. */
export const headOf = (field: number, length: number): Uint8Array =>
  protobuf.Writer.create().uint32(tagOf(field, LENGTH_DELIMITED)).uint32(length).finish();

export const subMessage = (field: number, message: Uint8Array): Uint8Array =>
  Buffer.concat([headOf(field, message.byteLength), message]);

/** Returns the values of one field as views. A value may be a sub-message, a text or bytes. */
export function subMessages(message: Uint8Array, field: number): readonly Uint8Array[] {
  const reader = protobuf.Reader.create(message);
  const wanted = tagOf(field, LENGTH_DELIMITED);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === wanted) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

/** Returns undefined if the field is absent. */
export function textIn(message: Uint8Array, field: number): string | undefined {
  const [bytes] = subMessages(message, field);
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** Encodes an operator of a graph, which ONNX calls a node. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const input of inputs) writer.uint32(tagOf(NODE.input, LENGTH_DELIMITED)).string(input);
  for (const output of outputs) writer.uint32(tagOf(NODE.output, LENGTH_DELIMITED)).string(output);
  writer.uint32(tagOf(NODE.opType, LENGTH_DELIMITED)).string(op);
  for (const [name, value] of Object.entries(attributes)) {
    const single = typeof value === 'number';
    writer.uint32(tagOf(NODE.attribute, LENGTH_DELIMITED)).fork();
    writer.uint32(tagOf(ATTRIBUTE.name, LENGTH_DELIMITED)).string(name);
    for (const integer of single ? [value] : value)
      writer.uint32(tagOf(single ? ATTRIBUTE.integer : ATTRIBUTE.integers, VARINT)).int64(integer);
    writer
      .uint32(tagOf(ATTRIBUTE.type, VARINT))
      .int32(single ? ATTRIBUTE_IS.integer : ATTRIBUTE_IS.integers)
      .ldelim();
  }
  return writer.finish();
}
