export { CAPACITY_BUDGET_MS, findCapacity, type FindCapacityOptions } from './capacity/find-capacity.js';
export { writeCostModel, COST_MODEL } from './cost-model/index.js';
export { noNumber } from './disturbed.js';
export { liveLine, liveTable } from './live-text.js';
export { MIXED_QUEUES, type AsrChoice, type LlmChoice, type RunOptions, type TtsChoice } from './options.js';
export {
  benchResultJsonSchema,
  benchResultSchema,
  parseBenchResult,
  type BenchResult,
  type CapacityStep,
} from './result.js';
export { runBench, type BenchContext, type ForeignServer, type Live } from './run.js';
export { SERVICE_LEVEL, type BenchTarget, type ServiceLevel } from './service-level.js';
export { standInOptions, startStandIns, type StandInOptions } from './stand-ins/index.js';
export { stepLine, verdictLines, verdictSentence } from './verdict-table.js';
export { compareResults, type Comparison } from './compare/compare.js';
export { comparisonLines } from './compare/compare-text.js';
export { benchDocument } from './page/document.js';
