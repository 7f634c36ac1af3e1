import protobuf from 'protobufjs';

// The subset of onnx.proto that this writer needs, with ONNX's field numbers. Unlike onnx.proto, this is proto3, which
// packs repeated numbers. Every ONNX reader accepts packed numbers.
const schema = protobuf.parse(`
syntax = "proto3";
message StringEntry { string key = 1; string value = 2; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Tensor {
  repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
}
message Attribute {
  string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20;
}
message Node {
  repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5;
}
message Graph {
  repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11;
  repeated ValueInfo output = 12;
}
message OperatorSet { string domain = 1; int64 version = 2; }
message Model {
  int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8;
  repeated StringEntry metadata_props = 14;
}
`).root;

const message = (name: string): protobuf.Type => schema.lookupType(name);
const MODEL = message('Model');
const GRAPH = message('Graph');
const TENSOR = message('Tensor');

/** Values of `TensorProto.DataType`. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;

/** Field numbers that the streaming writer writes without the schema. */
export const FIELD = { model: { graph: 7 }, graph: { initializer: 5 }, tensor: { rawData: 9 } } as const;

/**
 * Protobuf's wire type for length-delimited fields. Repeats the constant of src/engines/models/onnx-wire.ts, which
 * src/engines does not export.
 */
export const LENGTH_DELIMITED = 2;

export interface AttributeFields {
  readonly name: string;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly type: number;
}

export interface NodeFields {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly opType: string;
  readonly attribute: readonly AttributeFields[];
}

export interface ValueFields {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[] };
    };
  };
}

export interface TensorFields {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData?: Uint8Array;
}

export interface ModelFields {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

export interface GraphFields {
  readonly name: string;
  readonly node: readonly NodeFields[];
  readonly input: readonly ValueFields[];
  readonly output: readonly ValueFields[];
}

const encode = (type: protobuf.Type, fields: object): Uint8Array => type.encode(type.fromObject(fields)).finish();

/** Encodes all fields of the model except the graph. */
export const encodeModel = (fields: ModelFields): Uint8Array => encode(MODEL, fields);
/** Encodes all fields of the graph except the initializers. */
export const encodeGraph = (fields: GraphFields): Uint8Array => encode(GRAPH, fields);
export const encodeTensor = (fields: TensorFields): Uint8Array => encode(TENSOR, fields);

/** A non-negative integer of at most 2^53 as protobuf writes it: seven bits a byte, lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
