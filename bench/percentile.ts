export { percentile, wordErrorRate } from '../src/fleet/index.js';
