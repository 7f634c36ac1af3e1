import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineRoom, type EngineRoom } from '../../../../test/fakes/engine-room.js';
import { clip } from '../../../../test/fixtures/speech.js';
import { generated } from '../../../../test/fakes/tiny-models.js';
import { COST_MODEL, writeCostModel } from '../../../measure/bench/cost-model/index.js';
import { Cancelled } from '../../../core/index.js';
import { FLOAT, INT32, INT8, OnnxGraph, UINT8 } from '../../../platform/onnx/index.js';
import {
  type AsrAnswer,
  type AsrModel,
  CATALOGUE,
  createSherpaEngine,
  findModel,
  type InstalledModel,
  type ModelStore,
} from '../../index.js';
import { sha256Of } from '../model-files.js';
import { type Cpu, readCpu } from './cpu.js';
import { NotRewritable } from './plan.js';
import { rewriteToInt8 } from './rewrite.js';

const SMALL = { blocks: 2, tpBlocks: 1, width: 64, heads: 4, feedForward: 128, vocabulary: 60 };
const WITH_VNNI: Cpu = { name: 'a CPU', vnni: true };
const never = new AbortController().signal;

let room: EngineRoom;
beforeEach(async () => {
  room = await engineRoom();
});
afterEach(async () => {
  await room.close();
});

// Tensors as onnx.proto has them, proto2, independently of the product's schema.
const { root } = protobuf.parse(`syntax = "proto2";
message T { repeated int64 dims = 1; optional int32 data_type = 2; repeated int32 int32_data = 5; optional string name = 8; optional bytes raw_data = 9; }
message N { repeated string input = 1; repeated string output = 2; optional string op_type = 4; }
message V { optional string name = 1; }
message G { repeated N node = 1; optional string name = 2; repeated T initializer = 5; repeated V input = 11; repeated V output = 12; }
message M { optional int64 ir_version = 1; optional string producer_name = 2; optional G graph = 7; optional string domain = 4; }`);
const Model = root.lookupType('M');
interface Tensor {
  name: string;
  dims?: number[];
  dataType: number;
  rawData?: Uint8Array;
  int32Data?: number[];
}
interface Node {
  opType: string;
  input: string[];
}
interface Parts {
  node: Node[];
  initializer: Tensor[];
  input?: { name: string }[];
}

const product = (weights = 'w', zeroPoint = 'z'): Node => ({
  opType: 'MatMulInteger',
  input: ['a', weights, 'az', zeroPoint],
});
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const weights: Tensor = { name: 'w', dims: [2, 2], dataType: UINT8, rawData: bytes(0, 127, 128, 255) };
const zeroPoint: Tensor = { name: 'z', dims: [], dataType: UINT8, int32Data: [130] };
const other: Tensor = { name: 'o', dims: [1], dataType: UINT8, rawData: bytes(7) };

function put(graph: Parts): string {
  const path = join(room.directory, 'in.onnx');
  writeFileSync(
    path,
    Model.encode(Model.fromObject({ irVersion: 8, producerName: 'x', graph: { name: 'g', ...graph } })).finish(),
  );
  return path;
}
const out = (): string => join(room.directory, 'out.onnx');
const read = (path: string): { graph: Parts } =>
  Model.toObject(Model.decode(readFileSync(path)), { longs: Number, arrays: true }) as { graph: Parts };

describe('the rewrite', () => {
  it('makes weights and zero points signed and touches nothing else', async () => {
    const path = put({
      node: [product(), { opType: 'Add', input: ['o', 'o'] }],
      initializer: [other, weights, zeroPoint],
    });
    const { products, sizeBytes, sha256 } = await rewriteToInt8(path, out(), never);
    expect(products).toBe(1);
    expect({ sizeBytes, sha256 }).toEqual({ sizeBytes: readFileSync(out()).length, sha256: await sha256Of(out()) });
    const before = read(path);
    const after = read(out());
    const [o, w, z] = after.graph.initializer;
    expect(o).toEqual(before.graph.initializer[0]);
    expect(w).toMatchObject({ dataType: INT8, dims: [2, 2], rawData: bytes(128, 255, 0, 127) }); // -128, -1, 0, 127
    expect(z).toMatchObject({ name: 'z', dataType: INT8, dims: [], rawData: bytes(2) }); // 130 - 128
    expect({ ...after, graph: { ...after.graph, initializer: [] } }).toEqual({
      ...before,
      graph: { ...before.graph, initializer: [] },
    });
  });

  it('knows zero points with raw content, one for each column, and shared by products', async () => {
    const path = put({
      node: [product(), product('v')],
      initializer: [
        weights,
        { ...weights, name: 'v' },
        { ...zeroPoint, dims: [2], int32Data: [], rawData: bytes(128, 0) },
      ],
    });
    expect((await rewriteToInt8(path, out(), never)).products).toBe(2);
    expect(
      read(out()).graph.initializer.map(({ dataType, rawData }) => [dataType, Buffer.from(rawData ?? [])]),
    ).toEqual([
      [INT8, bytes(128, 255, 0, 127)],
      [INT8, bytes(128, 255, 0, 127)],
      [INT8, bytes(0, 128)],
    ]);
  });

  it('reads models whose tensors come before their nodes, and content before its type', async () => {
    const field = (number: number, content: Uint8Array): Buffer =>
      Buffer.concat([bytes(number * 8 + 2, content.length), content]);
    const tensor = (name: string, raw: Buffer): Buffer =>
      field(5, Buffer.concat([field(9, raw), field(8, Buffer.from(name)), bytes(2 * 8, UINT8)]));
    const node = field(
      1,
      Buffer.concat([
        ...product().input.map((name) => field(1, Buffer.from(name))),
        field(4, Buffer.from('MatMulInteger')),
      ]),
    );
    const path = join(room.directory, 'in.onnx');
    writeFileSync(path, field(7, Buffer.concat([tensor('z', bytes(128)), tensor('w', bytes(0, 255)), node])));
    await rewriteToInt8(path, out(), never);
    expect(read(out()).graph.initializer).toMatchObject([
      { name: 'z', dataType: INT8, rawData: bytes(0) },
      { name: 'w', dataType: INT8, rawData: bytes(128, 127) },
    ]);
  });

  it.each<[string, Parts, string]>([
    [
      'has no quantised product',
      { node: [{ opType: 'MatMul', input: ['a', 'w'] }], initializer: [weights] },
      'no uint8 weights',
    ],
    [
      'is int8 already',
      {
        node: [product()],
        initializer: [
          { ...weights, dataType: INT8 },
          { ...zeroPoint, dataType: INT8 },
        ],
      },
      'no uint8 weights',
    ],
    [
      'has no zero point',
      { node: [{ opType: 'MatMulInteger', input: ['a', 'w', 'az'] }], initializer: [weights] },
      'no zero point',
    ],
    ['computes its zero point', { node: [product('w', 'computed')], initializer: [weights] }, 'no zero point'],
    [
      'uses its weights elsewhere',
      { node: [product(), { opType: 'DequantizeLinear', input: ['w'] }], initializer: [weights, zeroPoint] },
      'used by DequantizeLinear',
    ],
    [
      'shares its zero point with a product that stays',
      { node: [product(), product('computed')], initializer: [weights, zeroPoint] },
      'used by MatMulInteger too',
    ],
    [
      'lets its weights be given',
      { node: [product()], initializer: [weights, zeroPoint], input: [{ name: 'w' }] },
      'input or output',
    ],
  ])('refuses a model that %s', async (_, graph, says) => {
    const refused = rewriteToInt8(put(graph), out(), never);
    await expect(refused).rejects.toBeInstanceOf(NotRewritable);
    await expect(refused).rejects.toThrow(says);
    expect(existsSync(out())).toBe(false);
  });

  it.each([
    ['is cut', (path: string) => truncateSync(path, 40)],
    ['is no model', (path: string) => writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\n')],
    ['is empty', (path: string) => writeFileSync(path, '')],
  ])('refuses a file that %s', async (_, damage) => {
    const path = put({ node: [product()], initializer: [weights, zeroPoint] });
    damage(path);
    await expect(rewriteToInt8(path, out(), never)).rejects.toBeInstanceOf(NotRewritable);
  });
});

describe('the CPU', () => {
  const cpu = (...flags: string[]): Cpu =>
    readCpu(() =>
      flags
        .map((line) => `cpu family\t: 6\nmodel\t\t: 207\nmodel name\t: X\nstepping\t: 2\nflags\t\t: fpu ${line} fma\n`)
        .join('\n'),
    );
  it('has VNNI when every core has it', () => {
    expect(cpu('avx512_vnni', 'avx_vnni').vnni).toBe(true);
    expect(cpu('avx512_vnni', 'avx2').vnni).toBe(false);
    expect(cpu('avx512f avx512_vnni_not').vnni).toBe(false);
    expect(cpu('avx_vnni').name).toMatch(/\(6\/207\/2\)$/);
    expect(readCpu(() => undefined).vnni).toBe(false);
  });
});

describe('in the model store', () => {
  const folder = (): string => join(room.directory, 'models', COST_MODEL);
  const store = (options: Parameters<EngineRoom['store']>[0] = {}): Promise<ModelStore> =>
    room.store({ int8: 'auto', cpu: WITH_VNNI, ...options });
  const writeModel = (): Promise<InstalledModel> =>
    writeCostModel(join(room.directory, 'models'), { shape: SMALL, clock: room.base.clock });

  async function hear(installed: InstalledModel): Promise<string> {
    const engine = createSherpaEngine({ installed, slots: 1, ...room.base });
    await engine.start();
    const { text } = await engine.call<AsrAnswer>({ pcm: clip('austen-0930') }, { predictedMs: 1_000 });
    await engine.close();
    return text;
  }

  it('is made, compared, recorded, used and checked, and not used elsewhere or when it is damaged', async () => {
    const plain = await writeModel();
    const models = await store();
    const states: string[] = [];
    const outcome = await models.optimise(COST_MODEL, { onProgress: ({ state }) => states.push(state) });
    if (!readCpu().vnni) {
      // A CPU without VNNI may come to other results. Then it is not used: whatever was decided, what is heard is the same.
      expect(['done', 'refused']).toContain(outcome.state);
      expect(await hear(models.installed(COST_MODEL) as InstalledModel)).toBe(await hear(plain));
      return;
    }
    expect(outcome).toMatchObject({
      state: 'done',
      variant: { type: 'int8', replaces: 'model.int8.onnx', file: { name: 'model.int8.vnni.onnx' } },
    });
    expect(states).toContain('checking');
    const installed = models.installed(COST_MODEL) as InstalledModel;
    expect(installed.files).toEqual(plain.files);
    const path = installed.variant?.file.path as string;
    expect(path).toBe(join(folder(), 'model.int8.vnni.onnx'));
    expect(readdirSync(join(room.directory, 'models', '.staging'))).toEqual([]);
    expect(await models.optimise(COST_MODEL)).toMatchObject({ state: 'present' });
    expect((await store()).installed(COST_MODEL)?.variant).toEqual(installed.variant);

    for (const options of [
      { int8: 'off' },
      { cpu: { name: 'another', vnni: true } },
      { cpu: { ...WITH_VNNI, vnni: false } },
    ] as const) {
      expect((await store(options)).installed(COST_MODEL)).toEqual(plain);
    }
    const text = await hear(plain);
    expect(await hear(installed)).toBe(text);
    // Only the variant is read: the engine starts with a damaged original ...
    const original = readFileSync(plain.files[0]!.path);
    writeFileSync(
      plain.files[0]!.path,
      original.map((byte, i) => (i === 5_000 ? byte ^ 1 : byte)),
    );
    expect(await hear(installed)).toBe(text);
    writeFileSync(plain.files[0]!.path, original);
    // ... and with the original when the variant is damaged.
    const variant = readFileSync(path);
    writeFileSync(
      path,
      variant.map((byte, i) => (i === 5_000 ? byte ^ 1 : byte)),
    );
    expect(await hear(installed)).toBe(text);
    expect(await models.verify(COST_MODEL)).toContainEqual({ name: 'model.int8.vnni.onnx', result: 'wrong hash' });
    truncateSync(path, 100);
    expect((await store()).installed(COST_MODEL)).toEqual(plain);
  }, 60_000);

  it('is not made where it would saturate, is off, does not fit, or is stopped; the model stays as it is', async () => {
    const plain = await writeModel();
    const before = readFileSync(join(folder(), 'manifest.json'), 'utf8');
    expect(await (await store({ cpu: { name: 'old', vnni: false } })).optimise(COST_MODEL)).toMatchObject({
      state: 'refused',
      reason: 'cpu',
    });
    expect(await (await store({ int8: 'off' })).optimise(COST_MODEL)).toMatchObject({
      state: 'refused',
      reason: 'off',
    });
    expect(await (await store()).optimise('moonshine-tiny-en')).toMatchObject({ state: 'refused', reason: 'model' });
    await expect((await store()).optimise('sense-voice-int8')).rejects.toMatchObject({ code: 'model.missing' });
    await expect((await store({ freeBytes: () => Promise.resolve(1_000) })).optimise(COST_MODEL)).rejects.toMatchObject(
      { code: 'data.disk_full' },
    );
    const abort = new AbortController();
    const stopped = (await store()).optimise(COST_MODEL, {
      signal: abort.signal,
      onProgress: ({ state }) => state === 'checking' && abort.abort(new Cancelled('Ctrl-C')),
    });
    await expect(stopped).rejects.toThrow('Ctrl-C');
    expect(readFileSync(join(folder(), 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder()).sort()).toEqual(['manifest.json', 'model.int8.onnx', 'tokens.txt']);
    expect(readdirSync(join(room.directory, 'models', '.staging'))).toEqual([]);
    expect((await store()).installed(COST_MODEL)).toEqual(plain);
  }, 60_000);

  it('a pull brings the model in any case: what cannot be rewritten, or answers otherwise, is used as it came', async () => {
    const model: AsrModel = { ...(findModel('sense-voice-int8') as AsrModel), downloadBytes: 1_000 };
    const source = join(room.directory, 'source');
    const models = await store({ catalogue: [...CATALOGUE.filter(({ id }) => id !== model.id), model] });
    const refusals: unknown[] = [];
    const log = {
      ...room.base.log,
      child: () => log,
      info: (_: string, fields?: object) => refusals.push(fields),
      warn: (_: string, fields?: object) => refusals.push(fields),
    };
    const logged = await store({ catalogue: [model], log });
    await room.install(model, { 'model.int8.onnx': rolling(), 'tokens.txt': 'a 0\n' });
    await models.remove(model.id);
    const installed = await logged.pull(model.id, { file: join(source, model.id) });
    expect(installed.variant).toBeUndefined();
    expect(refusals).toContainEqual(
      expect.objectContaining({ reason: 'different', detail: 'the outputs of the network differ' }),
    );
    expect(readdirSync(installed.directory).sort()).toEqual(['manifest.json', 'model.int8.onnx', 'tokens.txt']);
  }, 60_000);
});

/** A quantised model that rolls dice: no two runs are the same. */
function rolling(): Uint8Array {
  const graph = new OnnxGraph();
  const x = graph.input('x', FLOAT, ['N', 'T', 560]);
  for (const name of ['x_length', 'language', 'text_norm']) graph.input(name, INT32, ['N']);
  const [a, scale, zero] = graph.op3('DynamicQuantizeLinear', [x]);
  const w = graph.tensor(UINT8, [560, 4], new Uint8Array(560 * 4).fill(130));
  const y = graph.op('Mul', [
    graph.op('Cast', [graph.op('MatMulInteger', [a, w, zero, graph.tensor(UINT8, [], bytes(128))])], { to: FLOAT }),
    scale,
  ]);
  graph.output(graph.op('Add', [y, graph.op('RandomNormalLike', [y])]), 'logits', FLOAT, ['N', 'T', 4]);
  return generated(graph, {});
}
