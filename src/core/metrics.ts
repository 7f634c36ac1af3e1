/**
 * Every metric of Chorus, in one place; `docs/metrics.md` is made from it. `telemetry/` registers them with Prometheus;
 * everybody else reports through {@link Metrics}. Labels are bounded sets of words, never device ids.
 */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Name of each label, and the words it can be. */
  readonly labels?: Readonly<Record<string, string>>;
  /** All histograms are durations; reported in seconds, as Prometheus wants it. */
  readonly bucketsMs?: readonly number[];
}

const STAGE_BUCKETS_MS = [
  10, 25, 50, 100, 150, 200, 300, 400, 500, 650, 800, 1000, 1300, 1600, 2000, 3000, 5000, 8000, 15_000,
];
const LEAD_BUCKETS_MS = [0, 60, 120, 180, 240, 360, 480, 600, 900, 1200, 1800];
const LATE_BUCKETS_MS = [1, 2, 5, 10, 20, 40, 60, 100, 200, 500, 1000];
const UNDERRUN_BUCKETS_MS = [20, 60, 120, 250, 500, 1000, 2000, 5000];

const KIND = 'asr, tts';
const PROCESS = 'main, listening, speaking, asr, tts, models';

export const METRICS = {
  chorus_build_info: { type: 'gauge', help: 'Always 1.', labels: { version: 'of Chorus', node: 'of Node.js' } },
  chorus_connections: { type: 'gauge', help: 'Open device connections.' },
  chorus_handshakes_total: {
    type: 'counter',
    help: 'WebSocket handshakes by result.',
    labels: { result: 'accepted, or why not' },
  },
  chorus_ota_requests_total: {
    type: 'counter',
    help: 'OTA requests by result.',
    labels: { result: 'bound, pairing, rate_limited, bad_request, no_address, activate_…' },
  },
  chorus_firmware_total: {
    type: 'counter',
    help: 'What became of firmware updates: offered, downloaded (all of it), confirmed (a device came back with it), returned (without it), halted (a release that was taken back), refused (a download without a valid address, or too many at a time).',
    labels: { result: 'offered, downloaded, confirmed, returned, halted, refused' },
  },
  chorus_messages_ignored_total: {
    type: 'counter',
    help: 'Device messages that were dropped, by reason.',
    labels: { reason: 'what was wrong with them' },
  },

  chorus_sessions_talking: { type: 'gauge', help: 'Devices with a turn in progress.' },
  chorus_conversations: {
    type: 'gauge',
    help: 'Devices in a conversation: a turn in progress, or one in the last 15 s.',
  },
  chorus_talking_limit: { type: 'gauge', help: 'Devices that may be in a conversation at once.' },
  chorus_talking_limit_reason: {
    type: 'gauge',
    help: '1 for what sets that limit, 0 for the others.',
    labels: { reason: 'configured, cpu, memory' },
  },
  chorus_load_predicted_ratio: {
    type: 'gauge',
    help: 'CPU that the conversations are expected to take, as a share of what others leave of it; load.target is its bound.',
  },
  chorus_load_cost_cores: {
    type: 'gauge',
    help: 'Cores that one conversation takes, by what is known best at the moment.',
    labels: { source: 'table, self_test, measured' },
  },
  chorus_load_strained: {
    type: 'gauge',
    help: '1 while the machine is at its limits, so that conversations begin only up to half of the limit.',
  },
  chorus_admission_total: {
    type: 'counter',
    help: 'Admission decisions: at once, after a wait, refused.',
    labels: { result: 'admitted, waited, refused' },
  },
  chorus_admission_refused_total: {
    type: 'counter',
    help: 'Devices turned away, by what there was no room for: max_concurrent_sessions, predicted load, a strained machine, a place kept for a device that was turned away ten times.',
    labels: { reason: 'sessions, load, strain, owed' },
  },
  chorus_turns_total: {
    type: 'counter',
    help: 'Turns by how they ended.',
    labels: { outcome: 'answered, interrupted, failed, not_understood, empty, exit, busy, abandoned' },
  },
  chorus_turn_errors_total: {
    type: 'counter',
    help: 'Turns that failed, by the code of the error (docs/errors.md).',
    labels: { code: 'a row of docs/errors.md' },
  },
  chorus_history_turns_total: {
    type: 'counter',
    help: 'Turns for the history (history.keep_days): kept, or dropped because the database was away for too long.',
    labels: { result: 'kept, dropped' },
  },
  chorus_store_up: { type: 'gauge', help: '1 while the database can be reached; the embedded one always can.' },
  chorus_turn_stage_seconds: {
    type: 'histogram',
    help: 'Duration of each stage of a turn.',
    labels: {
      stage:
        'endpoint, admission, asr_wait, asr_run, transcript, llm_first_token, llm_first_chunk, llm_answer, tts_first_audio, first_packet, speech_end_to_first_packet',
    },
    bucketsMs: STAGE_BUCKETS_MS,
  },

  chorus_uplink_dropped_total: { type: 'counter', help: 'Uplink packets dropped because a queue was full.' },
  chorus_opus_errors_total: { type: 'counter', help: 'Uplink packets that did not decode; each counts as silence.' },
  chorus_vad_windows_total: { type: 'counter', help: 'Voice activity windows evaluated.' },

  chorus_slots: { type: 'gauge', help: 'CPU slots for local inference.' },
  chorus_slots_busy: { type: 'gauge', help: 'CPU slots in use.' },
  chorus_queue_depth: { type: 'gauge', help: 'Jobs waiting for a CPU slot.', labels: { kind: KIND } },
  chorus_queue_wait_seconds: {
    type: 'histogram',
    help: 'Time a job waited for a CPU slot.',
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_job_run_seconds: {
    type: 'histogram',
    help: 'Time a job spent inside its slot.',
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_job_predicted_seconds_total: {
    type: 'counter',
    help: 'Time that jobs were expected to spend inside their slots; beside chorus_job_run_seconds_sum it shows whether the cost model is right on the whole.',
    labels: { kind: KIND },
  },
  chorus_job_prediction_error_seconds: {
    type: 'histogram',
    help: 'By how much the time inside the slot differed from what was expected, either way.',
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_jobs_total: {
    type: 'counter',
    help: 'Inference jobs by kind and result.',
    labels: { kind: KIND, result: 'done, or what became of it' },
  },
  chorus_job_starts_total: {
    type: 'counter',
    help: 'Inference jobs that got a slot, by why it was their turn: a device would be heard to stutter, they had waited for 5 s, they were late already, their time was still to come, or nobody knew yet whether they are wanted.',
    labels: { kind: KIND, urgency: 'playing, starving, late, early, guess' },
  },
  chorus_fairness_jain_ratio: {
    type: 'gauge',
    help: 'How evenly the inference time of the last minutes is spread over the devices that had any (Jain’s index): 1 is all alike, one in so many devices is that one had it all.',
  },
  chorus_fairness_largest_share_ratio: { type: 'gauge', help: 'Of that time, the part of the device that had most.' },
  chorus_asr_audio_seconds_total: {
    type: 'counter',
    help: 'Speech that recognition has gone through, also where it was cancelled meanwhile, by whether the end of the utterance was certain.',
    labels: { when: 'final, speculative' },
  },
  chorus_speculation_seconds_total: {
    type: 'counter',
    help: 'Time such recognitions took: used is what was not waited for afterwards, wasted what was done for nothing.',
    labels: { result: 'used, wasted' },
  },
  chorus_speculation_total: {
    type: 'counter',
    help: 'Recognitions asked for before the end of the utterance was certain; wasted are also those that were taken back before they had begun.',
    labels: { result: 'used, wasted, dropped' },
  },

  chorus_llm_fallback_total: {
    type: 'counter',
    help: 'Answers that the fallback language model was asked for, because the first one failed, or is left alone for a while (open).',
    labels: { reason: 'failed, open' },
  },
  chorus_llm_tokens_total: {
    type: 'counter',
    help: 'Tokens reported by the language model.',
    labels: { direction: 'input, output' },
  },
  chorus_llm_speculation_total: {
    type: 'counter',
    help: 'Answers begun before the end of the utterance was certain: hit (used), miss (aborted), dropped (refused or failed).',
    labels: { result: 'hit, miss, dropped' },
  },
  chorus_llm_speculation_saved_seconds_total: {
    type: 'counter',
    help: 'By how much sooner the answers that were used had been begun.',
  },
  chorus_llm_wasted_tokens_total: {
    type: 'counter',
    help: 'Tokens of such answers that were not used; estimated where the model did not report them.',
    labels: { direction: 'input, output' },
  },

  chorus_replies_speaking: { type: 'gauge', help: 'Replies being spoken.' },
  chorus_packets_sent_total: { type: 'counter', help: 'Downlink audio packets sent.' },
  chorus_lead_seconds: {
    type: 'histogram',
    help: 'What a device has ahead of what it plays, by the pacer’s prediction, when a packet has been sent to it.',
    bucketsMs: LEAD_BUCKETS_MS,
  },
  chorus_pacing_late_seconds: {
    type: 'histogram',
    help: 'How late a packet left that was ready in time.',
    bucketsMs: LATE_BUCKETS_MS,
  },
  chorus_underruns_predicted_total: {
    type: 'counter',
    help: 'Times the device is predicted to have run dry in mid-reply.',
  },
  chorus_underrun_seconds: { type: 'histogram', help: 'For how long, each time.', bucketsMs: UNDERRUN_BUCKETS_MS },
  chorus_phrase_cache_total: {
    type: 'counter',
    help: 'Phrase cache look-ups of phrases that are kept.',
    labels: { result: 'hit, miss' },
  },
  chorus_phrase_cache_bytes: { type: 'gauge', help: 'Opus packets that the phrase cache has in memory.' },
  chorus_phrase_cache_disk_bytes: { type: 'gauge', help: 'Files of the phrase cache (data/phrases).' },

  chorus_engine_up: {
    type: 'gauge',
    help: '1 while the child process is ready.',
    labels: { engine: 'listening, speaking, asr, tts' },
  },
  chorus_engine_restarts_total: {
    type: 'counter',
    help: 'Child processes started again after their death.',
    labels: { engine: 'listening, speaking, asr, tts, models', reason: 'crash, hung, start, refused' },
  },
  chorus_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How late the main process’s event loop was, over the last 10 to 20 s (or since the last scrape, if that is longer ago).',
    labels: { quantile: '0.5, 0.99, 1' },
  },
  chorus_process_resident_bytes: {
    type: 'gauge',
    help: 'Resident memory by process. Shared pages count in each.',
    labels: { process: PROCESS },
  },
  chorus_process_cpu_seconds_total: { type: 'counter', help: 'CPU time by process.', labels: { process: PROCESS } },
  chorus_process_open_files: {
    type: 'gauge',
    help: 'Open file descriptors by process, sockets included.',
    labels: { process: PROCESS },
  },
} as const satisfies Record<`chorus_${string}`, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
export type MetricOf<T extends MetricDefinition['type']> = {
  [K in MetricName]: (typeof METRICS)[K]['type'] extends T ? K : never;
}[MetricName];
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: MetricOf<'counter'>, labels?: Labels, by?: number): void;
  gauge(name: MetricOf<'gauge'>, value: number, labels?: Labels): void;
  /** A duration, in milliseconds like every time in here. */
  observeMs(name: MetricOf<'histogram'>, valueMs: number, labels?: Labels): void;
}

export const noMetrics: Metrics = { count: () => undefined, gauge: () => undefined, observeMs: () => undefined };
