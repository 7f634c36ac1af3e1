import { expect, it } from 'vitest';
import { accepted, useDataFolder } from '../../test/fakes/loaded-config.js';
import { DEFAULT_CONVERSATION_MS } from '../capacity/admission.js';
import { DEFAULT_ACQUIRE_TIMEOUT_MS } from '../capacity/slots.js';
import type { Config } from '../config/index.js';
import { DEFAULT_TURN_RULES as RULES } from '../conversation/turn/index.js';
import { DEFAULT_LIMITS as LIMITS } from '../device/access/index.js';
import { TARGETS } from '../measure/targets.js';
import { STORE_DEFAULTS } from '../platform/store/open.js';
import { LOG_FILE_DEFAULTS } from '../platform/telemetry/log.js';
import { DEFAULT_UTTERANCE_OPTIONS as UTTERANCE } from '../speech/listening/utterance-options.js';
import { DEFAULT_PACING as PACING } from '../speech/speaking/pacing/pacing-schedule.js';
import { limitsOf } from './http.js';

useDataFolder();

/** Some modules have defaults of their own. Each must equal the value of an empty configuration. */
const PAIRS: readonly (readonly [name: string, own: unknown, configured: (config: Config) => unknown])[] = [
  ['greeting', RULES.greeting, ({ session }) => session.greeting],
  ['idleFarewellMs', RULES.idleFarewellMs, ({ session }) => session.idle_farewell_ms],
  ['idleCloseMs', RULES.idleCloseMs, ({ session }) => session.idle_close_ms],
  ['fillerAfterMs', RULES.fillerAfterMs, ({ session }) => session.filler_ms],
  ['admissionWaitMs', RULES.admissionWaitMs, ({ session }) => session.busy_wait_ms],
  ['hintTone', RULES.hintTone, ({ session }) => session.hint_tone],
  ['liveSubtitles', RULES.liveSubtitles, ({ session }) => session.live_subtitles],
  ['interruptWords', RULES.interruptWords, ({ session }) => session.interrupt_words],
  ['ignoreOverheard', RULES.ignoreOverheard, ({ session }) => session.ignore_overheard],
  ['speculativeTokens', RULES.speculativeTokens, ({ llm }) => llm.speculative_tokens],
  // 20 ms more than the device needs, because timers and sockets are not exact.
  ['firstPacketGapMs', RULES.firstPacketGapMs, ({ pacing }) => pacing.start_gap_ms + 20],
  ['threshold', UTTERANCE.threshold, ({ vad }) => vad.threshold],
  ['negThreshold', UTTERANCE.negThreshold, ({ vad }) => vad.threshold_off],
  ['minSpeechMs', UTTERANCE.minSpeechMs, ({ vad }) => vad.min_speech_ms],
  ['preRollMs', UTTERANCE.preRollMs, ({ vad }) => vad.pre_roll_ms],
  ['commitAfterMs', UTTERANCE.commitAfterMs, ({ vad }) => vad.piece_ms],
  ['maxSegmentMs', UTTERANCE.maxSegmentMs, ({ vad }) => vad.max_segment_ms],
  ['bargeInSpeechMs', UTTERANCE.bargeInSpeechMs, ({ vad }) => vad.barge_in_ms],
  ['startLeadFrames', PACING.startLeadFrames, ({ pacing }) => pacing.lead_start_packets],
  ['maxLeadFrames', PACING.maxLeadFrames, ({ pacing }) => pacing.lead_max_packets],
  // 1 ms more than the device needs, because timers and sockets are not exact.
  ['minSpacingMs', PACING.minSpacingMs, ({ pacing }) => pacing.min_spacing_ms + 1],
  ['textBytes', LIMITS.textBytes, ({ server }) => server.max_text_bytes],
  ['binaryBytes', LIMITS.binaryBytes, ({ server }) => server.max_binary_bytes],
  ['helloDeadlineMs', LIMITS.helloDeadlineMs, ({ server }) => server.hello_timeout_ms],
  ['audioAheadMs', LIMITS.audioAheadMs, ({ server }) => server.max_audio_ahead_ms],
  ['connectionsPerAddress', LIMITS.connectionsPerAddress, ({ server }) => server.max_connections_per_address],
  ['acquireTimeoutMs', DEFAULT_ACQUIRE_TIMEOUT_MS, ({ asr }) => asr.acquire_timeout_ms],
  ['conversationMs', DEFAULT_CONVERSATION_MS, ({ session }) => session.conversation_ms],
  ['timeoutMs of the store', STORE_DEFAULTS.timeoutMs, ({ store }) => store.timeout_ms],
  ['connections of the store', STORE_DEFAULTS.connections, ({ store }) => store.connections],
  ['keepBackups of the store', STORE_DEFAULTS.keepBackups, ({ upkeep }) => upkeep.store_keep],
  ['maxBytes of the log', LOG_FILE_DEFAULTS.maxBytes, ({ log }) => log.file_max_mb * 1_000_000],
  ['keep of the log', LOG_FILE_DEFAULTS.keep, ({ log }) => log.file_count - 1],
  ['the CPU target of the bench', TARGETS.cpu.limit, ({ load }) => load.target],
];

it.each(PAIRS)('%s is the default of the configuration', async (_name, own, configured) => {
  expect(own).toEqual(configured((await accepted('{}')).config));
});

it('lists the defaults that differ from those of the configuration', async () => {
  const { server } = (await accepted('{}')).config;
  expect([LIMITS.connections, server.max_connections]).toEqual([10_000, 2000]);
  expect([LIMITS.otaRequests.burst, LIMITS.failedHandshakes.burst, server.rate_limit_per_minute]).toEqual([
    300, 40, 120,
  ]);
});

it('limits OTA requests and refused handshakes by the same setting', async () => {
  const { server } = (await accepted('server:\n  rate_limit_per_minute: 6')).config;
  const rate = { burst: 6, perSecond: 0.1 };
  expect(limitsOf(server)).toMatchObject({ otaRequests: rate, failedHandshakes: rate });
});

it('lets messages pass that are as long as the configuration allows', async () => {
  const limits = async (bytes: number): Promise<readonly unknown[]> => {
    const { config } = await accepted(`server:\n  max_text_bytes: ${bytes}`);
    const { messageBytes, deviceTextBytes } = limitsOf(config.server);
    return [messageBytes, deviceTextBytes?.burst];
  };
  expect(await limits(1024)).toEqual([LIMITS.messageBytes, LIMITS.deviceTextBytes.burst]);
  expect(await limits(1_048_576)).toEqual([1_048_576, 1_048_576]);
});
