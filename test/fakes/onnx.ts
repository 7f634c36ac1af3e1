import protobuf from 'protobufjs';

// The subset of onnx.proto that small generated models need; field numbers are ONNX's.
const schema = protobuf.parse(`
syntax = "proto3";
message StringEntry { string key = 1; string value = 2; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Attribute { string name = 1; float f = 2; int64 i = 3; Tensor t = 5; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; repeated StringEntry metadata_props = 14; }
`).root;

export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;
type Dim = number | string;

/** Builds an ONNX graph; every method returns the name of a value. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];
  #next = 0;

  input(name: string, type: number, dims: readonly Dim[]): string {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(value: string, name: string, type: number, dims: readonly Dim[]): void {
    this.#nodes.push({ input: [value], output: [name], opType: 'Identity' });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant(FLOAT, dims, new Uint8Array(Float32Array.from(values).buffer));
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant(INT64, dims, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  op(opType: string, inputs: readonly string[], integers: Readonly<Record<string, number>> = {}): string {
    const output = `v${this.#next++}`;
    const attribute = Object.entries(integers).map(([name, i]) => ({ name, i, type: 2 }));
    this.#nodes.push({ input: inputs, output: [output], opType, attribute });
    return output;
  }

  model(metadata: Readonly<Record<string, string | number>>): Uint8Array {
    const type = schema.lookupType('Model');
    return type
      .encode(
        type.fromObject({
          irVersion: 8,
          producerName: 'chorus-test',
          graph: { name: 'test', node: this.#nodes, initializer: this.#initializers, input: this.#inputs, output: this.#outputs },
          opsetImport: [{ domain: '', version: 17 }],
          metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value: String(value) })),
        }),
      )
      .finish();
  }

  #constant(dataType: number, dims: readonly number[], rawData: Uint8Array): string {
    const name = `c${this.#next++}`;
    this.#initializers.push({ dims, dataType, name, rawData });
    return name;
  }
}

function valueInfo(name: string, elemType: number, dims: readonly Dim[]): object {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
