export { OnnxGraph, modelBytes, type OnnxModel, type TensorData } from './graph.js';
export { FLOAT, INT32, INT64, INT8, UINT8 } from './schema.js';
