export { assumeTriedCost, runSelfTests } from './self-test.js';
