import { heardBy, type People, type Speaker } from '../people/index.js';
import {
  asChorusError,
  ChorusError,
  withTimeout,
  type Clock,
  type Logger,
  type Metrics,
  type Scope,
} from '../../core/index.js';
import type { Conversation } from '../dialogue/conversation-port.js';
import type { Admission } from '../../capacity/capacity-port.js';
import type { ProsodyModel } from '../../speech/listening/endpointing/prosody-port.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import type { Listening } from '../../speech/listening/listening-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { Speaking } from '../../speech/speaking/speaking-port.js';
import { EXIT_WORDS } from './phrases.js';
import type { DeviceConnection, DeviceIdentity, SessionHandle, SessionHost } from '../../device/device-port.js';
import { noTools, type SessionTools, type ToolDevice } from '../tools/index.js';
import { TurnRecorder, type TurnAudio } from '../recordings/index.js';
import type { NoticeSource, SpokenNotice } from './notice-port.js';
import { AgentInCharge } from './agent-in-charge.js';
import { askedIn, identityFor, identityOf, questionOf } from './identities.js';
import { KeptHabits } from './kept-habits.js';
import { KnownPeople } from './known-people.js';
import { OpeningSession } from './opening.js';
import { Session } from './session.js';
import { TurnLog, type TurnLogOptions } from './turn-log.js';
import type { Agent, MeasuredTurn, TurnRecord } from '../../records/index.js';
import { DEFAULT_TURN_RULES, type TurnRules } from '../turn/index.js';

/**
 * `endpoint`, `transcripts` and `keepsAudio` may be getters, because they may change while the server runs.
 * Each session or turn reads them again.
 */
export interface SessionHostOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly listening: Listening;
  readonly recognizer: Recognizer;
  readonly endpoint: EndpointPolicy;
  /** Judges at a pause whether the voice sounds finished. If undefined, only the words decide. */
  readonly prosody?: ProsodyModel;
  readonly speaking: Speaking;
  readonly admission: Admission;
  /**
   * Called once, when a session starts. If the result is undefined or an error, or is later than {@link AGENT_WAIT_MS},
   * the configured assistant is used.
   */
  readonly agentOf?: (deviceId: string, identity: DeviceIdentity) => Promise<Agent | undefined>;
  /**
   * Called when a session starts, and whenever its agent changes. `identity` has the agent's language, if the agent has
   * one.
   */
  readonly conversation: (identity: DeviceIdentity, agent: Agent | undefined) => Conversation;
  /** Called for each session. If undefined, there are no tools. */
  readonly tools?: (device: ToolDevice, agent: Agent | undefined) => SessionTools;
  /** How many packets a device can buffer, which depends on its firmware version and board. */
  readonly deviceQueueLimit: (identity: DeviceIdentity) => number;
  /** Voice of an agent, for everything that the server says. The default is the agent's field `voice`. */
  readonly voiceOf?: (agent: Agent) => string | undefined;
  /** Voice for a device whose agent has none, read for each reply. Undefined means the provider's default. */
  readonly voice?: () => string | undefined;
  /**
   * Checked before an answer is prepared, or its first sentence is synthesised, speculatively (`rules.speculative`).
   * False under load. The default is true.
   */
  readonly mayPrepare?: () => boolean;
  /** True if the users' words may be kept with the turn (`log.transcripts`). The default is false. */
  readonly transcripts?: boolean;
  /**
   * True if the sound of both sides is kept with the turn (`history.audio`). Read for each session. The default is
   * false.
   */
  readonly keepsAudio?: boolean;
  /** See {@link TurnLogOptions.onTurn}. */
  readonly onTurn?: TurnLogOptions['onTurn'];
  /** Called when a reply has ended. `musicMs` is the length of the music that was heard. */
  readonly onMusic?: (deviceId: string, agent: Agent | undefined, musicMs: number) => void;
  /** Recognises people by their voices. If undefined, nobody is recognised. */
  readonly people?: Pick<People, 'on' | 'open' | 'close'>;
  /** If undefined, the server never speaks without being asked. */
  readonly notices?: NoticeSource;
  /** Called when the device is gone or its agent has changed. `agent` is the agent that was in charge until then. */
  readonly onEnded?: (deviceId: string, agent: Agent | undefined) => void;
  /** Differences from {@link DEFAULT_TURN_RULES}. */
  readonly rules?: (agent: Agent | undefined) => Partial<Omit<TurnRules, 'language' | 'endpoint' | 'phrases'>>;
}

export interface RunningSessionHost extends SessionHost {
  /**
   * Starts no more sessions and turns. Utterances in progress are still answered. Resolves with the number of sessions
   * that were still open when `enough` was aborted.
   */
  drain(enough: AbortSignal): Promise<number>;
  /**
   * False if the device has no session now, or if the server is about to stop. The {@link NoticeSource} is told the
   * outcome.
   */
  notify(deviceId: string, notice: SpokenNotice): boolean;
  sessions(): number;
  /** Number of devices that have permission to talk. */
  talking(): number;
  /** Oldest first. */
  recentTurns(): readonly TurnRecord[];
  /** Forgets the turns of a device, and the habits of the people who use it. */
  forget(deviceId: string): void;
  forgetTurns(fits: (turn: TurnRecord) => boolean): void;
}

/** A database answers in a few milliseconds. A user who hears nothing for longer than this speaks again. */
const AGENT_WAIT_MS = 2000;

export function createSessionHost(options: SessionHostOptions): RunningSessionHost {
  return new Host(options);
}

const onTimeout = (): ChorusError => new ChorusError('store.failed', 'the database took too long');

class Host implements RunningSessionHost {
  readonly #sessions = new Map<OpeningSession, Scope>();
  /** By device, the newest session that has begun. */
  readonly #present = new Map<string, OpeningSession>();
  readonly #turns: TurnLog;
  readonly #habits: KeptHabits;
  #talking = 0;
  #draining = false;
  #onEmpty: (() => void) | undefined;

  constructor(private readonly options: SessionHostOptions) {
    const { clock, metrics, onTurn } = options;
    this.#habits = new KeptHabits(clock);
    this.#turns = new TurnLog({ metrics, transcripts: () => options.transcripts ?? false, onTurn });
  }

  notify(deviceId: string, notice: SpokenNotice): boolean {
    const session = this.#draining ? undefined : this.#present.get(deviceId)?.session;
    session?.notify(notice);
    return session !== undefined;
  }

  sessions(): number {
    return this.#sessions.size;
  }

  talking(): number {
    return this.#talking;
  }

  recentTurns(): readonly TurnRecord[] {
    return this.#turns.recent;
  }

  forget(deviceId: string): void {
    this.#habits.forget(deviceId);
    this.forgetTurns((turn) => turn.deviceId === deviceId);
  }

  forgetTurns(fits: (turn: TurnRecord) => boolean): void {
    this.#turns.forget(fits);
  }

  accept(connection: DeviceConnection): SessionHandle {
    const { scope: parent, agentOf } = this.options;
    if (this.#draining || parent.closed) {
      connection.close('draining');
      return { onMessage: () => undefined, onAudio: () => undefined, onClosed: () => undefined };
    }
    const { deviceId, sessionId } = connection.identity;
    const scope = parent.child(`session ${sessionId}`);
    const opening: OpeningSession = new OpeningSession(
      () => connection.close('too much before the session began'),
      () => this.#onOver(opening),
    );
    this.#sessions.set(opening, scope);
    if (agentOf === undefined) {
      this.#begin(opening, connection, scope, undefined);
      return opening;
    }
    scope.signal.addEventListener('abort', () => this.#cutEarly(opening, connection), { once: true });
    scope.fork('agent of a device', async (signal) => {
      const agent = await this.#findAgent(() => agentOf(deviceId, connection.identity), deviceId, signal);
      if (!opening.closedEarly) this.#begin(opening, connection, scope, agent);
    });
    return opening;
  }

  async drain(enough: AbortSignal): Promise<number> {
    this.#draining = true;
    const over = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      enough.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const { session } of this.#sessions.keys()) session?.drain();
    if (this.#sessions.size > 0 && !enough.aborted) await over;
    const cut = this.#sessions.size;
    await Promise.all([...this.#sessions.values()].map((scope) => scope.close('drained')));
    return cut;
  }

  async #findAgent(
    agentOf: () => Promise<Agent | undefined>,
    deviceId: string,
    signal: AbortSignal,
  ): Promise<Agent | undefined> {
    try {
      return await withTimeout(this.options.clock, AGENT_WAIT_MS, signal, onTimeout, agentOf);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = asChorusError(error, 'store.failed');
      this.options.log.warn('the agent of a device is not known; the configuration counts', {
        deviceId,
        code,
        reason: message,
      });
      return undefined;
    }
  }

  #begin(opening: OpeningSession, connection: DeviceConnection, scope: Scope, first: Agent | undefined): void {
    const { options } = this;
    const { speaking, admission, clock, metrics } = options;
    const { deviceId, sessionId } = connection.identity;
    const log = options.log.child({ device: deviceId, session: sessionId });
    try {
      const inCharge = this.#charge(connection, first);
      const identity = identityOf(connection, inCharge);
      const speaker = options.people?.on === true ? this.#speakerOf(options.people, deviceId, scope) : undefined;
      const listening = speaker ? heardBy(speaker, options.listening) : options.listening;
      const recorder = options.keepsAudio === true ? new TurnRecorder() : undefined;
      const known = new KnownPeople(inCharge, speaker, () => inCharge.agent?.answers === 'known');
      const question = questionOf(identity, inCharge, speaking);
      const session = new Session({
        connection,
        identity,
        clock,
        log,
        metrics,
        scope,
        listening: recorder?.hears(listening) ?? listening,
        recognizer: inCharge.hearing,
        prosody: options.prosody,
        speaking: recorder?.speaks(speaking) ?? speaking,
        admission,
        get rules() {
          return inCharge.rules;
        },
        conversation: known,
        question,
        tools: this.#toolsFor(connection, askedIn(identity, question), scope, inCharge, known),
        voice: () => this.#voiceOf(inCharge.agent) ?? options.voice?.(),
        deviceQueueLimit: options.deviceQueueLimit(identity),
        mayPrepare: options.mayPrepare ?? (() => true),
        onTurn: (turn, heard, spoken) =>
          this.#onTurn(log, inCharge, { ...turn, person: known.personOf(heard) }, recorder?.take(heard, spoken)),
        onTalking: (talking) => this.#onTalking(talking),
        onMusic: (musicMs) => options.onMusic?.(deviceId, inCharge.agent, musicMs),
        onAttended: () => options.notices?.attended?.(identity.deviceId),
        noticeSoon: () => options.notices?.expects?.(identity.deviceId) ?? false,
        onNotice: (id, spoken) => options.notices?.over(identity.deviceId, id, spoken),
        habits: this.#habits.of(deviceId),
        onOver: (habits) => {
          this.#habits.keep(deviceId, habits);
          inCharge.close();
          options.onEnded?.(deviceId, inCharge.agent);
          this.#onOver(opening, deviceId);
        },
      });
      opening.begin(session);
      if (this.#draining) session.drain();
      if (!scope.closed) this.#isPresent(identity.deviceId, opening);
    } catch (error) {
      log.error('a session could not begin', { problem: 'session.not_begun', error });
      connection.close('internal error');
      this.#onOver(opening);
    }
  }

  #charge(connection: DeviceConnection, first: Agent | undefined): AgentInCharge {
    const { recognizer: shared, conversation: open } = this.options;
    return new AgentInCharge(first, (agent) => {
      const chosen = agent?.recognition;
      const recognizer = chosen === undefined ? shared : (shared.named?.(chosen) ?? shared);
      const identity = identityFor(connection, agent);
      const conversation = open(identity, agent);
      return {
        agent,
        conversation,
        rules: this.#rulesFor(identity, agent),
        recognizer: conversation.recognizer?.(recognizer) ?? recognizer,
      };
    });
  }

  #voiceOf(agent: Agent | undefined): string | undefined {
    const { voiceOf = (one: Agent) => one.voice } = this.options;
    return agent && voiceOf(agent);
  }

  #speakerOf(people: Pick<People, 'open' | 'close'>, deviceId: string, scope: Scope): Speaker {
    const speaker = people.open(deviceId, (work) => scope.fork('who speaks', work));
    scope.onClose(() => people.close(deviceId, speaker));
    return speaker;
  }

  #onTurn(log: Logger, inCharge: AgentInCharge, turn: MeasuredTurn, audio: TurnAudio | undefined): void {
    const { agent } = inCharge;
    this.#turns.add(log, { ...turn, agentId: agent?.id }, audio);
    // Other sounds may end, without a reply, while the answer that changes the agent is spoken.
    if (turn.sentences !== undefined) inCharge.settle();
    if (inCharge.agent !== agent) this.options.onEnded?.(turn.deviceId, agent);
  }

  #rulesFor({ language }: DeviceIdentity, agent: Agent | undefined): TurnRules {
    const { endpoint } = this.options;
    const rules = this.options.rules?.(agent);
    const patience = agent?.patience;
    const prosody = endpoint.usesProsody?.({ language, patience }) === false ? undefined : this.options.prosody;
    const exitWords = agent?.exitWords ?? rules?.exitWords ?? EXIT_WORDS;
    const { greeting, farewell } = agent ?? {};
    // The prosody model's process starts now, so that the first pause does not wait for it.
    prosody?.prepare(language);
    return {
      ...DEFAULT_TURN_RULES,
      ...rules,
      ...(greeting !== undefined && { greeting: true }),
      phrases: { greeting, farewell },
      exitWords,
      wakeWords: rules?.wakeWords ?? [],
      language,
      endpoint,
      patience,
      // Read at each pause, because the model or the setting may change while the session is open.
      get prosody() {
        return prosody?.prepare(language) ?? false;
      },
    };
  }

  #toolsFor(
    connection: DeviceConnection,
    identity: DeviceIdentity,
    scope: Scope,
    inCharge: AgentInCharge,
    known: Pick<KnownPeople, 'present'>,
  ): SessionTools {
    const { tools } = this.options;
    if (tools === undefined) return { toolbox: noTools, onMessage: () => undefined };
    const device: ToolDevice = {
      identity,
      scope,
      vision: connection.vision,
      send: (payload) => connection.send({ type: 'mcp', payload }),
      command: (commands) => connection.send({ type: 'iot', commands }),
      agent: () => inCharge.agent,
      person: () => known.present,
      change: (agent) => inCharge.change(agent),
    };
    return tools(device, inCharge.agent);
  }

  #onTalking(talking: boolean): void {
    this.#talking += talking ? 1 : -1;
    this.options.metrics.gauge('chorus_sessions_talking', this.#talking);
  }

  /** When the server stops, nothing else closes the connection of a session that has not begun. */
  #cutEarly(opening: OpeningSession, connection: DeviceConnection): void {
    if (opening.session !== undefined || opening.closedEarly) return;
    opening.onClosed();
    connection.close('session');
  }

  /** An older session of the same device may still be ending, so its notices are taken back first. */
  #isPresent(deviceId: string, opening: OpeningSession): void {
    if (this.#present.has(deviceId)) this.options.notices?.gone(deviceId);
    this.#present.set(deviceId, opening);
    this.options.notices?.present(deviceId);
  }

  #onOver(opening: OpeningSession, deviceId?: string): void {
    if (deviceId !== undefined && this.#present.get(deviceId) === opening) {
      this.#present.delete(deviceId);
      this.options.notices?.gone(deviceId);
    }
    const scope = this.#sessions.get(opening);
    this.#sessions.delete(opening);
    if (scope !== undefined) this.options.scope.fork('end session', () => scope.close('session over'));
    if (this.#sessions.size === 0) this.#onEmpty?.();
  }
}
