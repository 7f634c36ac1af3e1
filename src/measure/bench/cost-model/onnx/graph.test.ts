import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { FLOAT, INT64, INT8, modelBytes, OnnxGraph, type TensorData } from './index.js';
import { varint } from './schema.js';

// This schema is written as proto2 from onnx.proto, independently of the product's schema.
const { root } = protobuf.parse(`syntax = "proto2";
message S { optional string key = 1; optional string value = 2; }
message D { optional int64 dim_value = 1; optional string dim_param = 2; }
message Sh { repeated D dim = 1; }
message TT { optional int32 elem_type = 1; optional Sh shape = 2; }
message Ty { optional TT tensor_type = 1; }
message V { optional string name = 1; optional Ty type = 2; }
message T { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data \
= 9; }
message A { optional string name = 1; optional float f = 2; optional int64 i = 3; repeated int64 ints = 8; optional \
int32 type = 20; }
message N { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated A attribute \
= 5; }
message G { repeated N node = 1; optional string name = 2; repeated T initializer = 5; repeated V input = 11; \
repeated V output = 12; }
message O { optional string domain = 1; optional int64 version = 2; }
message M { optional int64 ir_version = 1; optional string producer_name = 2; optional G graph = 7; repeated O \
opset_import = 8; repeated S metadata_props = 14; }`);
const Model = root.lookupType('M');
const read = (bytes: Uint8Array): unknown => Model.toObject(Model.decode(bytes), { longs: Number });
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const options = { producer: 'p', name: 'g', metadata: { a: 1, b: 'two' } };

describe('an ONNX graph', () => {
  it('is read back as it was built', () => {
    const graph = new OnnxGraph();
    const x = graph.input('x', FLOAT, ['N', 3]);
    const [one, , three] = graph.op3('Split', [x, graph.ints([1, 1, 1])], { axis: -1 });
    const y = graph.op('Norm', [one, three, graph.floats([0.5], [])], { epsilon: { float: 0.25 }, perm: [1, 0] });
    graph.output(y, 'y', FLOAT, ['N', 3]);
    expect(read(modelBytes(graph.model(options)))).toMatchObject({
      irVersion: 8,
      producerName: 'p',
      opsetImport: [{ version: 17 }],
      metadataProps: [
        { key: 'a', value: '1' },
        { key: 'b', value: 'two' },
      ],
      graph: {
        name: 'g',
        node: [
          {
            opType: 'Split',
            input: ['x', 'c0'],
            output: ['v1', 'v2', 'v3'],
            attribute: [{ name: 'axis', i: -1, type: 2 }],
          },
          {
            opType: 'Norm',
            input: ['v1', 'v3', 'c4'],
            output: ['v5'],
            attribute: [
              { name: 'epsilon', f: 0.25, type: 1 },
              { name: 'perm', ints: [1, 0], type: 7 },
            ],
          },
          { opType: 'Identity', input: ['v5'], output: ['y'] },
        ],
        initializer: [
          { name: 'c0', dataType: INT64, dims: [3], rawData: hex('010000000000000001000000000000000100000000000000') },
          { name: 'c4', dataType: FLOAT, rawData: hex('0000003f') },
        ],
        input: [
          {
            name: 'x',
            type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: 'N' }, { dimValue: 3 }] } } },
          },
        ],
        output: [{ name: 'y' }],
      },
    });
    expect(graph.histogram()).toEqual({ Split: 1, Norm: 1, Identity: 1 });
  });

  it('writes big tensors in chunks of the announced total length', () => {
    const piece = new Uint8Array(1_000);
    let asked = 0;
    const data: TensorData = {
      byteLength: 300_000,
      *chunks() {
        for (let i = 0; i < 300; i++) {
          asked += 1;
          yield piece.fill(i & 0xff);
        }
      },
    };
    const graph = new OnnxGraph();
    graph.tensor(INT8, [300, 1_000], data);
    graph.floats([1]);
    const model = graph.model(options);
    expect(asked).toBe(0);
    const bytes = modelBytes(model);
    expect(bytes).toHaveLength(model.byteLength);
    const { graph: back } = read(bytes) as { graph: { initializer: { dims: number[]; rawData: Uint8Array }[] } };
    expect(back.initializer[0]?.dims).toEqual([300, 1_000]);
    expect(
      Array.from(back.initializer[0]?.rawData ?? []).every((byte, i) => byte === (Math.floor(i / 1_000) & 0xff)),
    ).toBe(true);
    expect(back.initializer).toHaveLength(2);
  });
});

it('encodes varints as protobuf does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
      expect(varint(value)).toEqual(Uint8Array.from(protobuf.Writer.create().uint64(value).finish()));
    }),
  );
});
