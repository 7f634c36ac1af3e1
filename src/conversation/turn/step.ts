import type { ServerMessage } from '../../device/protocol/index.js';
import { phrase, type PhraseKey } from '../session/phrases.js';
import type { TimerName, TurnEffect } from './events.js';
import type { Reply, TurnRules, TurnState } from './state.js';

/** One reduction in the making: the state so far and the effects so far. States are never changed, only replaced. */
export class Step {
  readonly effects: TurnEffect[] = [];

  constructor(
    public state: TurnState,
    readonly nowMs: number,
    readonly rules: TurnRules,
  ) {}

  set(patch: Partial<TurnState>): void {
    this.state = { ...this.state, ...patch };
  }

  /** Changes the current reply; nothing without one. */
  setReply(patch: Partial<Reply>): void {
    if (this.state.reply !== undefined) this.set({ reply: { ...this.state.reply, ...patch } });
  }

  emit(effect: TurnEffect): void {
    this.effects.push(effect);
  }

  /** A sentence of the agent or, where it has none, of our own. */
  phrase(key: PhraseKey): string {
    return this.rules.phrases[key] ?? phrase(this.rules.language, key);
  }

  send(message: ServerMessage): void {
    this.emit({ type: 'send', message });
  }

  startTimer(name: TimerName, delayMs: number): void {
    this.set({ timers: new Set(this.state.timers).add(name) });
    this.emit({ type: 'start_timer', name, delayMs: Math.max(0, delayMs) });
  }

  cancelTimer(name: TimerName): void {
    if (!this.state.timers.has(name)) return;
    this.forgetTimer(name);
    this.emit({ type: 'cancel_timer', name });
  }

  /** It fired. */
  forgetTimer(name: TimerName): void {
    const timers = new Set(this.state.timers);
    timers.delete(name);
    this.set({ timers });
  }
}
