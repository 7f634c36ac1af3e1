import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { Conversation } from '../dialogue/conversation-port.js';
import type { Admission } from '../../capacity/capacity-port.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import type { Listening } from '../../speech/listening/listening-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { Speaking } from '../../speech/speaking/speaking-port.js';
import { EXIT_WORDS } from './phrases.js';
import type { DeviceConnection, DeviceIdentity, SessionHandle, SessionHost } from '../../device/device-port.js';
import { noTools, type SessionTools, type ToolDevice } from '../tools/index.js';
import { Session } from './session.js';
import { TurnLog, type KeptTurn } from './turn-log.js';
import { DEFAULT_TURN_RULES, type TurnRules } from '../turn/index.js';

/** What may change while the server runs (`endpoint`, `rules`, `transcripts`) is read again for each session or turn: it may be a getter. */
export interface SessionHostOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Sessions are its children. */
  readonly scope: Scope;
  readonly listening: Listening;
  readonly recognizer: Recognizer;
  readonly endpoint: EndpointPolicy;
  readonly speaking: Speaking;
  readonly admission: Admission;
  /** A conversation lives as long as the session. */
  readonly conversation: (identity: DeviceIdentity) => Conversation;
  /** Called for each session. Undefined: no tools. */
  readonly tools?: (device: ToolDevice) => SessionTools;
  /** Packets a device can hold, from firmware version and board. */
  readonly queueCeiling: (identity: DeviceIdentity) => number;
  /** Voice of the device's replies, asked for each; undefined: the provider's default. */
  readonly voice?: (identity: DeviceIdentity) => string | undefined;
  /** Asked before an answer is prepared on a guess (`rules.speculative`): false under load. Undefined: always. */
  readonly mayPrepare?: () => boolean;
  /** `log.transcripts`: what users said may be kept with the turn; default no. */
  readonly transcripts?: boolean;
  /** Told of each turn when it is over; `said`: what the user said, for those who have leave of their own to keep it. */
  readonly onTurn?: (turn: KeptTurn, said: string | undefined) => void;
  /** What differs from {@link DEFAULT_TURN_RULES}. */
  readonly rules?: Partial<Omit<TurnRules, 'language' | 'endpoint'>>;
}

export interface RunningSessionHost extends SessionHost {
  /**
   * No new sessions and turns; what is said now is still answered. Resolves with how many sessions had to be cut, because they were not over when
   * `enough` was aborted.
   */
  drain(enough: AbortSignal): Promise<number>;
  /** Open sessions. */
  sessions(): number;
  /** Devices with leave to talk. */
  talking(): number;
  /** The last turns, oldest first. */
  recentTurns(): readonly KeptTurn[];
  /** The turns of the device are not among them any more. */
  forget(deviceId: string): void;
}

/** Holds the sessions of all devices. */
export function createSessionHost(options: SessionHostOptions): RunningSessionHost {
  return new Host(options);
}

class Host implements RunningSessionHost {
  readonly #sessions = new Map<Session, Scope>();
  readonly #turns: TurnLog;
  #talking = 0;
  #draining = false;
  #onEmpty: (() => void) | undefined;

  constructor(private readonly options: SessionHostOptions) {
    const { metrics, onTurn } = options;
    this.#turns = new TurnLog({ metrics, transcripts: () => options.transcripts ?? false, onTurn });
  }

  sessions(): number {
    return this.#sessions.size;
  }

  talking(): number {
    return this.#talking;
  }

  recentTurns(): readonly KeptTurn[] {
    return this.#turns.recent;
  }

  forget(deviceId: string): void {
    this.#turns.forget(deviceId);
  }

  accept(connection: DeviceConnection): SessionHandle {
    if (this.#draining || this.options.scope.closed) {
      connection.close('draining');
      return { onMessage: () => undefined, onAudio: () => undefined, onClosed: () => undefined };
    }
    const { identity } = connection;
    const { listening, recognizer, speaking, admission, clock, metrics } = this.options;
    const scope = this.options.scope.child(`session ${identity.sessionId}`);
    const log = this.options.log.child({ device: identity.deviceId, session: identity.sessionId });
    const session: Session = new Session({
      connection,
      clock,
      log,
      metrics,
      scope,
      listening,
      recognizer,
      speaking,
      admission,
      rules: this.#rulesFor(identity),
      conversation: this.options.conversation(identity),
      tools: this.#toolsFor(connection, scope),
      voice: () => this.options.voice?.(identity),
      queueCeiling: this.options.queueCeiling(identity),
      mayPrepare: this.options.mayPrepare ?? (() => true),
      onTurn: (turn) => this.#turns.add(log, turn),
      onTalking: (talking) => this.#onTalking(talking),
      onOver: () => this.#onOver(session),
    });
    this.#sessions.set(session, scope);
    session.open();
    return session;
  }

  async drain(enough: AbortSignal): Promise<number> {
    this.#draining = true;
    const over = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      enough.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const session of this.#sessions.keys()) session.drain();
    if (this.#sessions.size > 0 && !enough.aborted) await over;
    const cut = this.#sessions.size;
    await Promise.all([...this.#sessions.values()].map((scope) => scope.close('drained')));
    return cut;
  }

  #rulesFor(identity: DeviceIdentity): TurnRules {
    return {
      ...DEFAULT_TURN_RULES,
      exitWords: EXIT_WORDS,
      ...this.options.rules,
      language: identity.language,
      endpoint: this.options.endpoint,
    };
  }

  #toolsFor(connection: DeviceConnection, scope: Scope): SessionTools {
    const { identity } = connection;
    if (this.options.tools === undefined) return { toolbox: noTools, onMessage: () => undefined };
    return this.options.tools({ identity, scope, send: (payload) => connection.send({ type: 'mcp', payload }) });
  }

  #onTalking(talking: boolean): void {
    this.#talking += talking ? 1 : -1;
    this.options.metrics.gauge('chorus_sessions_talking', this.#talking);
  }

  #onOver(session: Session): void {
    const scope = this.#sessions.get(session);
    this.#sessions.delete(session);
    if (scope !== undefined) this.options.scope.fork('end session', () => scope.close('session over'));
    if (this.#sessions.size === 0) this.#onEmpty?.();
  }
}
