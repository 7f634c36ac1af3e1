export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
