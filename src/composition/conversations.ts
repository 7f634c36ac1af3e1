import type { Config } from '../config/index.js';
import type { Logger } from '../core/index.js';
import { createConversation, createDeviceTools, createLlm, type LlmChoice, type LlmProvider } from '../dialogue/index.js';
import { createSessionHost, turnView, type RunningSessionHost } from '../session/index.js';
import { openTraces, type Traces } from '../telemetry/index.js';
import { createEndpointPolicy } from '../voice/listening/index.js';
import { queueCeiling } from '../voice/speaking/index.js';
import type { Capacity } from './capacity.js';
import type { Foundation } from './foundation.js';
import { packageVersion } from './package-version.js';
import type { Speech } from './speech.js';

/** A packet leaves this much later than the device needs after `tts start`: timers and sockets are not exact. */
const START_GAP_MARGIN_MS = 20;

export interface Conversations {
  readonly llm: LlmProvider;
  readonly sessions: RunningSessionHost;
}

/** Who answers, and the sessions in which it is asked. */
export async function composeConversations({ config, root, common }: Foundation, { admission }: Capacity, speech: Speech): Promise<Conversations> {
  const { clock, log } = common;
  const llm = createLlm({
    ...llmChoice(config.llm),
    fallback: llmChoice(config.llm.fallback),
    breaker: { failures: config.llm.breaker_failures, openMs: config.llm.breaker_open_ms },
    metrics: common.metrics,
    temperature: config.llm.temperature,
    extraBody: undefined,
    firstTokenMs: config.llm.first_token_ms,
    replyMs: config.llm.total_ms,
    maxWorkers: config.llm.max_workers,
    clock,
    log,
    random: Math.random,
  });
  const traces = await tracesTo(config.telemetry.otlp_endpoint, llm, log);
  // Sessions are a child of the root and end before this runs: their last turns are sent too.
  if (traces) root.onClose(() => traces.close());
  const sessions = createSessionHost({
    ...common,
    scope: root.child('sessions'),
    listening: speech.listening,
    recognizer: speech.recognizer,
    endpoint: createEndpointPolicy({
      preset: config.vad.preset,
      ...(config.vad.min_silence_ms === undefined ? {} : { minSilenceMs: config.vad.min_silence_ms }),
      ...(config.vad.max_silence_ms === undefined ? {} : { maxSilenceMs: config.vad.max_silence_ms }),
    }),
    speaking: speech.speaking,
    admission,
    conversation: (identity) => {
      speech.ensureFor(identity.language);
      return createConversation({
        ...common,
        llm,
        persona: config.llm.prompt,
        device: identity.board,
        maxTokens: config.llm.max_tokens,
        historyTurns: config.llm.history_turns,
      });
    },
    tools: (device) => createDeviceTools({ send: (payload) => device.send(payload), clock, log, scope: device.scope }),
    queueCeiling: ({ firmwareVersion, board }) => queueCeiling({ firmwareVersion, board, boards: config.pacing.boards }),
    voice: () => config.tts.voice,
    rules: {
      greeting: config.session.greeting,
      exitWords: config.session.exit_words,
      idleFarewellMs: config.session.idle_farewell_ms,
      idleCloseMs: config.session.idle_close_ms,
      fillerAfterMs: config.session.filler_ms,
      admissionWaitMs: config.session.busy_wait_ms,
      speculative: config.llm.speculative === 'auto' ? llm.local : config.llm.speculative,
      firstPacketGapMs: config.pacing.start_gap_ms + START_GAP_MARGIN_MS,
    },
    drainTimeoutMs: config.server.drain_ms,
    transcripts: config.log.transcripts,
    ...(traces && { onTurn: (turn) => traces.turn(turnView(turn)) }),
  });
  return { llm, sessions };
}

function llmChoice({ preset, base_url: baseUrl, model, api_key: apiKey }: Config['llm']['fallback']): LlmChoice {
  return { preset: preset === 'none' ? undefined : preset, baseUrl, model, apiKey };
}

/** Undefined, and nothing loaded, where no traces are wanted. */
async function tracesTo(endpoint: string | undefined, llm: LlmProvider, log: Logger): Promise<Traces | undefined> {
  return endpoint === undefined ? undefined : openTraces({ endpoint, version: packageVersion(), llm: llm.id, log });
}
