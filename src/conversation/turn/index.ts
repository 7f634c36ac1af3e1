/**
 * One turn is read in three files, side by side: `utterance.ts` (what was heard, until its words are known),
 * `reduce.ts` (what follows from each event) and `reply.ts` (what is said). Each folder holds the details of one
 * subject; `src/README.md` has a line for each. `state.ts`, `events.ts` and `rules.ts` are what the three files speak of.
 */
export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
