import type { Config } from '../config/index.js';
import type { Logger } from '../core/index.js';
import { createConversation, type ConversationSettings } from '../conversation/dialogue/index.js';
import { createSessionHost, type RunningSessionHost, type SessionHostOptions } from '../conversation/session/index.js';
import type { Notices } from '../conversation/notices/index.js';
import { openSessionTools } from '../conversation/tools/index.js';
import type { Plugins } from '../plugin/index.js';
import type { Store } from '../platform/store/index.js';
import { mayCall, type Agent } from '../records/index.js';
import { openTraces, type Traces } from '../platform/telemetry/index.js';
import { createEndpointPolicy } from '../speech/listening/index.js';
import { queueCeiling } from '../speech/speaking/index.js';
import type { Capacity } from './capacity.js';
import { DeviceTalks } from './device-talks.js';
import type { Foundation } from './foundation.js';
import { composeHistory } from './history.js';
import { composeLanguageModel, type LanguageModel } from './language-model.js';
import { packageVersion } from './package-version.js';
import type { Speech } from './speech.js';
import { composeTools } from './tools.js';

/** A packet leaves this much later than the device needs after `tts start`: timers and sockets are not exact. */
const START_GAP_MARGIN_MS = 20;

type SessionRules = NonNullable<SessionHostOptions['rules']>;

export interface Conversations {
  readonly llm: LanguageModel;
  readonly sessions: RunningSessionHost;
  readonly talks: DeviceTalks;
  readonly notices: Notices;
  /** Nothing that is in memory of the talks of a device stays. */
  readonly forget: (deviceId: string) => void;
}

/** Agents, and the sessions that ask them. */
export async function composeConversations(
  foundation: Foundation,
  { admission, mayPrepare }: Capacity,
  speech: Speech,
  store: Store,
  plugins: Plugins,
): Promise<Conversations> {
  const { config, live, root, http, common } = foundation;
  const { clock, log } = common;
  const llm = composeLanguageModel(live, { ...common, http });
  const traces = await tracesTo(config.telemetry.otlp_endpoint, llm, log);
  // Sessions belong to a child scope of the root and end before this runs, so their last turns are sent too.
  if (traces) root.onClose(() => traces.close());
  const history = composeHistory(foundation, store);
  const talks = new DeviceTalks({ store, clock, log });
  const tools = composeTools(foundation, store, plugins);
  const sessions = createSessionHost({
    ...common,
    scope: root.child('sessions'),
    listening: speech.listening,
    recognizer: speech.recognizer,
    speaking: speech.speaking,
    admission,
    mayPrepare,
    get endpoint() {
      return endpointOf(live.current);
    },
    agentOf: (deviceId) => store.agents.agentOf(deviceId),
    conversation: (identity, agent) => {
      speech.ensureFor(identity.language);
      return createConversation({
        ...common,
        device: identity.board,
        settings: () => settingsOf(live.current, llm, agent),
      });
    },
    tools: (device, agent) =>
      openSessionTools(device, {
        server: tools.current(),
        allowed: agent && (({ name }) => mayCall(agent, name)),
        clock,
        log,
      }),
    notices: tools.notices,
    queueCeiling: ({ firmwareVersion, board }) =>
      queueCeiling({ firmwareVersion, board, boards: live.current.pacing.boards }),
    voice: () => live.current.tts.voice,
    get rules() {
      return rulesOf(live.current, llm);
    },
    get transcripts() {
      return live.current.log.transcripts;
    },
    onTurn: (turn, complete) => {
      traces?.turn(turn);
      history.keep(complete);
      talks.add(turn);
    },
  });
  tools.notices.speakBy((deviceId, notice) => sessions.notify(deviceId, notice));
  root.fork('notices', (signal) => tools.notices.run(signal));
  const forget = (deviceId: string): void => {
    for (const memory of [sessions, talks, history]) memory.forget(deviceId);
  };
  return { llm, sessions, talks, notices: tools.notices, forget };
}

function endpointOf({ vad }: Config): SessionHostOptions['endpoint'] {
  return createEndpointPolicy({
    patience: vad.patience,
    ...(vad.min_silence_ms === undefined ? {} : { minSilenceMs: vad.min_silence_ms }),
    ...(vad.max_silence_ms === undefined ? {} : { maxSilenceMs: vad.max_silence_ms }),
  });
}

function settingsOf({ llm }: Config, model: LanguageModel, agent: Agent | undefined): ConversationSettings {
  return {
    llm: model.current(),
    model: agent?.model,
    persona: agent?.prompt ?? llm.prompt,
    maxTokens: llm.max_tokens,
    historyTurns: llm.history_turns,
  };
}

function rulesOf({ session, llm, pacing, vad }: Config, model: LanguageModel): SessionRules {
  return {
    greeting: session.greeting,
    exitWords: session.exit_words,
    idleFarewellMs: session.idle_farewell_ms,
    idleCloseMs: session.idle_close_ms,
    fillerAfterMs: session.filler_ms,
    admissionWaitMs: session.busy_wait_ms,
    pieceSilenceMs: vad.speculate_silence_ms,
    speculative: llm.speculative === 'auto' ? model.current().local : llm.speculative,
    firstPacketGapMs: pacing.start_gap_ms + START_GAP_MARGIN_MS,
  };
}

/** Undefined, and nothing loaded, where no traces are wanted. */
async function tracesTo(endpoint: string | undefined, llm: LanguageModel, log: Logger): Promise<Traces | undefined> {
  return endpoint === undefined
    ? undefined
    : openTraces({ endpoint, version: packageVersion(), llm: () => llm.current().id, log });
}
