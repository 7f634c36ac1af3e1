export { CostLedger, type CostSettings } from './ledger.js';
