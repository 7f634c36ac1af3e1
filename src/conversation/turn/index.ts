/**
 * One turn is spread over three files: `utterance.ts` (the user's words), `reduce.ts` (the decisions) and `reply.ts`
 * (the speech of the server). Each folder has the details of one subject; `src/README.md` has a line for each. The
 * three files use `state.ts`, `events.ts` and `rules.ts`.
 */
export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
