export { type AsrKernel, type AsrKernelCost, type AsrKernelPoint, fitted, openAsrKernel } from './asr-kernel.js';
export { COST_MODEL, type CostModelOptions, writeCostModel } from './write-cost-model.js';
export type { SenseVoiceShape, WeightType } from './sensevoice-graph.js';
