import {
  decodeNode,
  decodeTensor,
  decodeValueName,
  encodeTensor,
  FIELD,
  INT8,
  LENGTH_DELIMITED,
  UINT8,
  varint,
  type WireField,
  type WireFile,
} from '../../../platform/onnx/index.js';

/** A part of the new file, in order. */
export type Segment =
  /** As in the old file. */
  | { readonly type: 'copy'; readonly from: number; readonly to: number }
  /** Every byte less 128: an unsigned weight becomes a signed one. */
  | { readonly type: 'shift'; readonly from: number; readonly to: number }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };

export interface RewritePlan {
  readonly segments: readonly Segment[];
  readonly sizeBytes: number;
  /** Matrix products that become int8. */
  readonly products: number;
}

/** The model is not of the kind that can be rewritten: it is used as it is. */
export class NotRewritable extends Error {}

/** A tensor in the file, as far as was looked. */
interface TensorPlace {
  readonly field: WireField;
  readonly name: string;
  readonly dataType: WireField | undefined;
  readonly rawData: WireField | undefined;
  readonly external: boolean;
}

const QUANTISED_PRODUCT = 'MatMulInteger';
/** Inputs of a MatMulInteger: A, B, zero point of A, zero point of B. */
const WEIGHTS = 1;
const WEIGHTS_ZERO_POINT = 3;

/**
 * How to make the uint8 weights of a model int8: weights and zero points less 128, which leaves every product as it is,
 * bit for bit. Rejects with {@link NotRewritable} where that is not certain.
 */
export async function planRewrite(file: WireFile): Promise<RewritePlan> {
  const graph = await findGraph(file);
  const tensors = new Map<string, TensorPlace>();
  const uses: Use[] = [];
  const boundary = new Set<string>();
  const tensorFields: WireField[] = [];
  for await (const field of file.fields(graph.from, graph.to)) {
    if (field.number === FIELD.graph.node) uses.push(...usesOf(await file.bytes(field.from, field.to)));
    else if (field.number === FIELD.graph.initializer) tensorFields.push(field);
    else if (field.number === FIELD.graph.input || field.number === FIELD.graph.output)
      boundary.add(decodeValueName(await file.bytes(field.from, field.to)));
  }
  for (const field of tensorFields) {
    const place = await tensorAt(file, field);
    tensors.set(place.name, place);
  }
  const { names, products } = choose(uses, tensors, boundary);
  return segmentsOf(
    file,
    graph,
    tensorFields,
    [...names].flatMap((name) => tensors.get(name) ?? []),
    products,
  );
}

interface Use {
  readonly opType: string;
  readonly name: string;
  /** Position among the inputs; -1: in a graph within. */
  readonly position: number;
  /** Of the weights of the same product. */
  readonly weights: string | undefined;
  readonly zeroPoint: string | undefined;
}

async function findGraph(file: WireFile): Promise<WireField> {
  let graph: WireField | undefined;
  for await (const field of file.fields(0, file.sizeBytes)) {
    if (field.number !== FIELD.model.graph || field.wireType !== LENGTH_DELIMITED) continue;
    if (graph) throw new NotRewritable('the model has its graph in two parts');
    graph = field;
  }
  if (!graph) throw new NotRewritable('the model has no graph');
  return graph;
}

function usesOf(node: Uint8Array): Use[] {
  const { opType, input, inner } = decodeNode(node);
  const common = { opType, weights: input[WEIGHTS], zeroPoint: input[WEIGHTS_ZERO_POINT] };
  return [
    ...input.map((name, position) => ({ ...common, name, position })),
    ...inner.map((name) => ({ ...common, name, position: -1 })),
  ];
}

/** Which tensors to rewrite. */
function choose(
  uses: readonly Use[],
  tensors: ReadonlyMap<string, TensorPlace>,
  boundary: ReadonlySet<string>,
): { names: Set<string>; products: number } {
  const isUnsigned = (name: string | undefined): boolean =>
    name !== undefined && tensors.get(name)?.dataType?.value === UINT8;
  const chosen = (use: Use): boolean => use.opType === QUANTISED_PRODUCT && isUnsigned(use.weights);
  const names = new Set<string>();
  let products = 0;
  for (const use of uses) {
    if (!chosen(use) || use.position !== WEIGHTS) continue;
    if (!isUnsigned(use.zeroPoint)) throw new NotRewritable(`the weights ${use.name} have no zero point of their own`);
    names.add(use.name).add(use.zeroPoint ?? '');
    products += 1;
  }
  if (products === 0) throw new NotRewritable('the model has no uint8 weights');
  for (const use of uses) {
    const asItShould = chosen(use) && (use.position === WEIGHTS || use.position === WEIGHTS_ZERO_POINT);
    if (names.has(use.name) && !asItShould) throw new NotRewritable(`${use.name} is used by ${use.opType} too`);
  }
  for (const name of names) {
    if (boundary.has(name)) throw new NotRewritable(`${name} is an input or output of the model`);
    if (tensors.get(name)?.external) throw new NotRewritable(`${name} is in another file`);
  }
  return { names, products };
}

async function tensorAt(file: WireFile, field: WireField): Promise<TensorPlace> {
  let name = '';
  let dataType: WireField | undefined;
  let rawData: WireField | undefined;
  let external = false;
  for await (const inner of file.fields(field.from, field.to)) {
    if (inner.number === FIELD.tensor.name) name = Buffer.from(await file.bytes(inner.from, inner.to)).toString();
    else if (inner.number === FIELD.tensor.dataType) dataType = inner;
    else if (inner.number === FIELD.tensor.rawData) rawData = inner;
    else if (inner.number === FIELD.tensor.externalData) external = true;
  }
  return { field, name, dataType, rawData, external };
}

async function segmentsOf(
  file: WireFile,
  graph: WireField,
  tensorFields: readonly WireField[],
  chosen: readonly TensorPlace[],
  products: number,
): Promise<RewritePlan> {
  const byStart = new Map(chosen.map((place) => [place.field.start, place]));
  const inside: Segment[] = [];
  let at = graph.from;
  for (const field of tensorFields) {
    const place = byStart.get(field.start);
    if (!place) continue;
    inside.push(copy(at, field.start), ...(await rewritten(file, place)));
    at = field.to;
  }
  inside.push(copy(at, graph.to));
  const head = Buffer.concat([varint(FIELD.model.graph * 8 + LENGTH_DELIMITED), varint(lengthOf(inside))]);
  const segments: Segment[] = [
    copy(0, graph.start),
    { type: 'bytes', bytes: head },
    ...inside,
    copy(graph.to, file.sizeBytes),
  ];
  return { segments, sizeBytes: lengthOf(segments), products };
}

/** The initializer in its new form. */
async function rewritten(file: WireFile, { field, dataType, rawData, name }: TensorPlace): Promise<Segment[]> {
  if (!dataType) throw new NotRewritable(`${name} has no type`);
  if (!rawData) {
    // Zero points stand in a list of 32-bit numbers in most published models.
    const { dims, int32Data } = decodeTensor(await file.bytes(field.from, field.to));
    const tensor = encodeTensor({
      name,
      dims,
      dataType: INT8,
      rawData: Uint8Array.from(int32Data, (value) => value ^ 0x80),
    });
    return [
      {
        type: 'bytes',
        bytes: Buffer.concat([varint(FIELD.graph.initializer * 8 + LENGTH_DELIMITED), varint(tensor.length), tensor]),
      },
    ];
  }
  const type: Segment = { type: 'bytes', bytes: Uint8Array.of(INT8) };
  const data: Segment = { type: 'shift', from: rawData.from, to: rawData.to };
  // Both are one byte, so nothing moves.
  return dataType.from < rawData.from
    ? [copy(field.start, dataType.from), type, copy(dataType.to, rawData.from), data, copy(rawData.to, field.to)]
    : [copy(field.start, rawData.from), data, copy(rawData.to, dataType.from), type, copy(dataType.to, field.to)];
}

const copy = (from: number, to: number): Segment => ({ type: 'copy', from, to });

const lengthOf = (segments: readonly Segment[]): number =>
  segments.reduce(
    (sum, segment) => sum + (segment.type === 'bytes' ? segment.bytes.length : segment.to - segment.from),
    0,
  );
