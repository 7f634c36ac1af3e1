export { CostLedger, type CostSettings } from './ledger.js';
export { modelCosts, type ModelCosts } from './model-costs.js';
