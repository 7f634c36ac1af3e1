export { proveTurn } from './prove.js';
export { testTurn, type TestFailure } from './test-turn.js';
