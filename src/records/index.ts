export type { TurnView } from './turn-view.js';
