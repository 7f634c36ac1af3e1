export {
  OnnxGraph,
  modelBytes,
  type AttributeValue,
  type Dimension,
  type ModelOptions,
  type OnnxModel,
  type TensorData,
} from './graph.js';
export {
  decodeNode,
  decodeTensor,
  decodeValueName,
  encodeTensor,
  FIELD,
  FLOAT,
  INT32,
  INT64,
  INT8,
  LENGTH_DELIMITED,
  UINT8,
} from './schema.js';
export { varint } from './varint.js';
export { WireFile, type WireField } from './wire-file.js';
