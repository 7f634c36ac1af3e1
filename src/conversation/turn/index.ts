/**
 * A turn has three main files: `utterance.ts` (the user's words), `reduce.ts` (the decisions) and `reply.ts` (the
 * speech of the server). They share `state.ts`, `events.ts` and `rules.ts`. `src/README.md` has a line for each folder.
 */
export type * from './events.js';
export { reduce } from './reduce.js';
export { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
export { initialState, phaseOf, type Phase, type TurnState } from './state.js';
