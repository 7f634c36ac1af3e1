import type { CostLedger } from '../conversation/costs/index.js';
import type { Config, Foundation } from '../config/index.js';
import { asChorusError, type Logger, type Scope, packageVersion } from '../core/index.js';
import type { KnowledgeLibrary } from '../conversation/knowledge/index.js';
import type { People, ServedVoiceprints } from '../conversation/people/index.js';
import type { Memories } from '../conversation/memory/index.js';
import { createSessionHost, type RunningSessionHost, type SessionHostOptions } from '../conversation/session/index.js';
import type { RecordedTurn } from '../conversation/recordings/index.js';
import type { Notices, Questions } from '../conversation/notices/index.js';
import type { HistoryControl } from '../admin/index.js';
import type { Plugins } from '../plugin/index.js';
import { isSameName, type Store } from '../platform/store/index.js';
import { openTraces, type Traces } from '../platform/telemetry/index.js';
import { createEndpointPolicy, EARLY_PIECE_SILENCE_MS, PIECE_SILENCE_MS } from '../speech/listening/index.js';
import { deviceQueueLimit } from '../speech/speaking/index.js';
import type { Capacity } from './capacity.js';
import { DeviceTalks, openHistory, keepsAudio, type TurnHistory } from '../conversation/history/index.js';
import { composeDialogues, type Dialogues } from './dialogues.js';
import type { Mcp } from './mcp.js';
import { createLanguageModel, type LanguageModel } from '../conversation/dialogue/index.js';
import { ordinaryVoice } from './realtime.js';
import { composePeople } from './people.js';
import type { Speech } from './speech.js';

/** Added to the delay that the device needs after `tts start`, because timers and sockets are not exact. */
const START_GAP_MARGIN_MS = 20;

type AnsweringModel = Pick<ReturnType<LanguageModel['current']>, 'local' | 'byRules'>;
type SessionRules = ReturnType<NonNullable<SessionHostOptions['rules']>>;

export interface Conversations {
  readonly llm: LanguageModel;
  readonly sessions: RunningSessionHost;
  readonly talks: DeviceTalks;
  readonly notices: Notices;
  readonly questions: Questions;
  readonly memories: Memories;
  readonly people: People;
  readonly voiceprints: ServedVoiceprints;
  readonly history: HistoryControl;
  /** Removes the conversations of a device from memory, and audio of its deleted turns. */
  readonly forget: (deviceId: string) => Promise<void>;
}

export interface ConversationParts {
  readonly store: Store;
  readonly plugins: Plugins;
  readonly mcp: Mcp;
  readonly ledger: CostLedger;
  readonly knowledge: KnowledgeLibrary;
}

export async function composeConversations(
  foundation: Foundation,
  { admission, mayPrepare, slots, threads }: Capacity,
  speech: Speech,
  parts: ConversationParts,
): Promise<Conversations> {
  const { config, live, root, http, common } = foundation;
  const llm = createLanguageModel(live, { ...common, http });
  const traces = await tracesTo(config.telemetry.otlp_endpoint, llm, common.log, root);
  const history = await openHistory(foundation, parts.store);
  const talks = new DeviceTalks({ store: parts.store, ...common });
  const { people, voiceprints } = composePeople(foundation, parts.store, { models: speech.models, slots, threads });
  const dialogues = composeDialogues(foundation, { ...parts, llm, mayPrepare, people });
  const { memories, notices, questions } = dialogues;
  const sessions = createSessionHost({
    ...common,
    scope: root.child('sessions'),
    listening: speech.listening,
    recognizer: speech.recognizer,
    prosody: speech.prosody,
    speaking: speech.speaking,
    admission,
    mayPrepare,
    get endpoint() {
      return endpointOf(live.current);
    },
    agentOf: (deviceId, identity) => dialogues.agentOf(deviceId, identity),
    conversation: (identity, agent) => {
      speech.ensureFor(identity.language);
      return dialogues.conversation(identity, agent);
    },
    tools: (device) => dialogues.tools(device),
    onEnded: (deviceId, agent) => dialogues.memories.ended(deviceId, agent),
    people,
    notices: dialogues.noticeSource,
    deviceQueueLimit: (device) => deviceQueueLimit({ ...device, boards: live.current.pacing.boards }),
    voice: () => live.current.tts.voice,
    voiceOf: ordinaryVoice,
    rules: (agent) => rulesOf(live.current, llm.current(agent?.service)),
    get transcripts() {
      return live.current.log.transcripts;
    },
    get keepsAudio() {
      return keepsAudio(live.current);
    },
    onMusic: (deviceId, agent, musicMs) => dialogues.noteMusic(deviceId, agent, musicMs),
    onTurn: (turn, complete, audio) => {
      traces?.turn(turn);
      history.keep(complete, audio);
      talks.add(turn);
      dialogues.note(history.idOf(complete), complete);
    },
  });
  dialogues.speakBy((deviceId, notice) => sessions.notify(deviceId, notice));
  root.fork('notices', (signal) => notices.run(signal));
  const kept = keptControls([sessions, talks, dialogues], parts.store.history, history, common.log);
  return { llm, sessions, talks, memories, people, voiceprints, notices, questions, ...kept };
}

function keptControls(
  parts: readonly [Pick<RunningSessionHost, 'forget' | 'forgetTurns'>, DeviceTalks, Dialogues],
  store: Store['history'],
  history: TurnHistory,
  log: Logger,
): Pick<Conversations, 'history' | 'forget'> {
  const [sessions, , dialogues] = parts;
  return { history: historyControl(store, history, sessions, dialogues), forget: forgetBy(parts, history, log) };
}

function forgetBy(
  parts: readonly { forget(deviceId: string): void }[],
  history: Pick<TurnHistory, 'forget' | 'recordings'>,
  log: Logger,
): Conversations['forget'] {
  return async (deviceId) => {
    for (const part of parts) part.forget(deviceId);
    history.forget((turn) => turn.deviceId === deviceId);
    await history.recordings.forgotten(deviceId).catch((error: unknown) => {
      const { code, message } = asChorusError(error, 'store.failed');
      log.warn('audio of deleted turns could not be removed; the next upkeep tries again', { code, reason: message });
    });
  };
}

function historyControl(
  store: Store['history'],
  history: TurnHistory,
  sessions: Pick<RunningSessionHost, 'forgetTurns'>,
  dialogues: Pick<Dialogues, 'forgetHistories'>,
): HistoryControl {
  const { recordings } = history;
  return {
    list: (query) => store.recentTurns(query),
    idOf: (turn) => history.idOf(turn),
    sidesOf: (turns) => recordings.sidesOf(turns),
    async audio(id, side) {
      const turn = recordings.turnInMemory(id) ?? (await store.find(id));
      return turn && recordings.read(turn, side);
    },
    async forget(which) {
      const { deviceId, agentId, person, turnId } = which;
      const turn = turnId === undefined ? undefined : await store.find(turnId);
      const fits = (one: RecordedTurn): boolean =>
        (deviceId === undefined || deviceId === one.deviceId) &&
        (agentId === undefined || agentId === (one.agentId ?? '')) &&
        (person === undefined || (one.person !== undefined && isSameName(one.person, person))) &&
        (turnId === undefined || turnId === one.id);
      history.forget(fits);
      sessions.forgetTurns((one) => fits({ ...one, id: history.idOf(one) }));
      // The conversation in memory does not record which words belong to which turn. Therefore the whole conversation
      // is removed.
      if (turn) dialogues.forgetHistories(turn.deviceId, turn.agentId ?? '');
      else if (turnId === undefined) dialogues.forgetHistories(deviceId, agentId);
      const forgotten = await store.forgetTurns(which);
      await recordings.forgotten(deviceId ?? turn?.deviceId);
      return forgotten;
    },
  };
}

function endpointOf({ vad }: Config): SessionHostOptions['endpoint'] {
  return createEndpointPolicy({
    patience: vad.patience,
    ...(vad.min_silence_ms === undefined ? {} : { minSilenceMs: vad.min_silence_ms }),
    ...(vad.max_silence_ms === undefined ? {} : { maxSilenceMs: vad.max_silence_ms }),
  });
}

function rulesOf({ session, llm, pacing, vad }: Config, { local, byRules }: AnsweringModel): SessionRules {
  const speculative = llm.speculative === 'auto' ? local : llm.speculative;
  const answersEarly = speculative && byRules !== true;
  return {
    greeting: session.greeting,
    exitWords: session.exit_words,
    wakeWords: session.wake_words,
    idleFarewellMs: session.idle_farewell_ms,
    idleCloseMs: session.idle_close_ms,
    fillerAfterMs: session.filler_ms,
    hintTone: session.hint_tone,
    liveSubtitles: session.live_subtitles,
    admissionWaitMs: session.busy_wait_ms,
    interruptWords: session.interrupt_words,
    ignoreOverheard: session.ignore_overheard,
    pieceSilenceMs: vad.speculate_silence_ms ?? (answersEarly ? EARLY_PIECE_SILENCE_MS : PIECE_SILENCE_MS),
    speculative,
    answersEarly,
    speculativeTokens: llm.speculative_tokens,
    firstPacketGapMs: pacing.start_gap_ms + START_GAP_MARGIN_MS,
  };
}

/** If traces are disabled, no tracing code is loaded. */
async function tracesTo(
  endpoint: string | undefined,
  llm: LanguageModel,
  log: Logger,
  root: Scope,
): Promise<Traces | undefined> {
  if (endpoint === undefined) return undefined;
  const traces = await openTraces({ endpoint, version: packageVersion(), llm: () => llm.current().id, log });
  // Sessions belong to a child scope, which ends before this finaliser, so their last turns are sent too.
  root.onClose(() => traces.close());
  return traces;
}
