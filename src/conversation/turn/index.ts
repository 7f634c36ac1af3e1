/**
 * The code of a turn is in three files: `utterance.ts` (the user's words), `reduce.ts` (the decisions) and `reply.ts`
 * (the speech of the server). They share `state.ts`, `events.ts` and `rules.ts`. Each folder contains the details of
 * one subject; `src/README.md` has a line for each folder.
 */
export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
