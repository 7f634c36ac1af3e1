/**
 * One turn is read in three files, side by side: `utterance.ts` (what was heard, until its words are known),
 * `reduce.ts` (what the turn decides) and `reply.ts` (what is said). Each folder holds the details of one
 * subject; `src/README.md` has a line for each. The three files use `state.ts`, `events.ts` and `rules.ts`.
 */
export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
