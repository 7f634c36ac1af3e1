export type * from './events.js';
export { reduce, type Reduction } from './reduce.js';
export { DEFAULT_TURN_RULES, initialState, phaseOf, type Phase, type TurnRules, type TurnState } from './state.js';
