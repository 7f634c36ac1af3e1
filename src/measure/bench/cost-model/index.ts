export { type AsrKernel, type AsrKernelPoint, fitted, openAsrKernel } from './asr-kernel.js';
export { COST_MODEL, writeCostModel } from './write-cost-model.js';
export type { WeightType } from './sensevoice-graph.js';
