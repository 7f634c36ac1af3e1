export { CostLedger, type CostSettings, type LedgerOptions } from './ledger.js';
export { costOf, type Prices, type PriceUnit } from './prices.js';
