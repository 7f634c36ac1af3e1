import protobuf from 'protobufjs';

// The subset of onnx.proto that is written and read here; field numbers are ONNX's. Written as proto3, which packs
// repeated numbers: every ONNX reader takes both forms.
const schema = protobuf.parse(`
syntax = "proto3";
message StringEntry { string key = 1; string value = 2; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Tensor {
  repeated int64 dims = 1; int32 data_type = 2; repeated int32 int32_data = 5; string name = 8; bytes raw_data = 9;
  repeated StringEntry external_data = 13; int32 data_location = 14;
}
message Attribute {
  string name = 1; float f = 2; int64 i = 3; Tensor t = 5; Graph g = 6; repeated int64 ints = 8; repeated Graph graphs = 11; int32 type = 20;
}
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; repeated StringEntry metadata_props = 14; }
`).root;

const message = (name: string): protobuf.Type => schema.lookupType(name);
const MODEL = message('Model');
const GRAPH = message('Graph');
const NODE = message('Node');
const TENSOR = message('Tensor');
const VALUE_INFO = message('ValueInfo');

/** `TensorProto.DataType`. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;

/** Field numbers that the streaming reader and writer need by themselves. */
export const FIELD = {
  model: { graph: 7 },
  graph: { node: 1, initializer: 5, input: 11, output: 12 },
  tensor: { dims: 1, dataType: 2, int32Data: 5, name: 8, rawData: 9, externalData: 13 },
} as const;

/** Wire type of length-delimited fields. */
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

/** Everything but the graph. */
export const encodeModel = (fields: ModelFields): Uint8Array => encode(MODEL, fields);
/** Everything but the initializers. */
export const encodeGraph = (fields: GraphFields): Uint8Array => encode(GRAPH, fields);
export const encodeTensor = (fields: TensorFields): Uint8Array => encode(TENSOR, fields);

/** What a node uses, with what the graphs inside it (`If`, `Loop`) use. */
export interface NodeUses {
  readonly opType: string;
  readonly input: readonly string[];
  readonly inner: readonly string[];
}

export function decodeNode(bytes: Uint8Array): NodeUses {
  const node = plain(NODE, bytes) as DecodedNode;
  return { opType: node.opType, input: node.input, inner: node.attribute.flatMap(usedWithin) };
}

/** The name of a `ValueInfo`. */
export const decodeValueName = (bytes: Uint8Array): string => (plain(VALUE_INFO, bytes) as { name: string }).name;

export interface DecodedTensor {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly int32Data: readonly number[];
  readonly rawData: Uint8Array;
}

/** A small tensor, whole. */
export const decodeTensor = (bytes: Uint8Array): DecodedTensor => plain(TENSOR, bytes) as DecodedTensor;

interface DecodedNode {
  readonly opType: string;
  readonly input: readonly string[];
  readonly attribute: readonly { readonly g?: DecodedGraph | null; readonly graphs: readonly DecodedGraph[] }[];
}
interface DecodedGraph {
  readonly node: readonly DecodedNode[];
}

function usedWithin({ g, graphs }: DecodedNode['attribute'][number]): string[] {
  return [...(g ? [g] : []), ...graphs].flatMap(({ node }) =>
    node.flatMap((inside) => [...inside.input, ...inside.attribute.flatMap(usedWithin)]),
  );
}

/** With all defaults filled in, so that the interfaces above hold. */
function plain(type: protobuf.Type, bytes: Uint8Array): unknown {
  return type.toObject(type.decode(bytes), { defaults: true, arrays: true, longs: Number });
}
