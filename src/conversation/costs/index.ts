export { CostLedger } from './ledger.js';
export { modelCosts } from './model-costs.js';
