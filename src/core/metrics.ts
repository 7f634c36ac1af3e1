/**
 * Every metric of Chorus, in one place. `telemetry/` registers them with Prometheus; everybody else reports through
 * {@link Metrics}. Labels are bounded sets of words, never device ids.
 */
interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
}

const STAGE_BUCKETS_MS = [10, 25, 50, 100, 150, 200, 300, 400, 500, 650, 800, 1000, 1300, 1600, 2000, 3000, 5000, 8000, 15_000];

export const METRICS = {
  chorus_connections: { type: 'gauge', help: 'Open device connections.' },
  chorus_sessions_talking: { type: 'gauge', help: 'Devices with a turn in progress.' },
  chorus_turns_total: { type: 'counter', help: 'Turns by how they ended.', labels: ['outcome'] },
  chorus_turn_stage_ms: { type: 'histogram', help: 'Duration of each stage of a turn.', labels: ['stage'], buckets: STAGE_BUCKETS_MS },
  chorus_messages_ignored_total: { type: 'counter', help: 'Device messages that were dropped, by reason.', labels: ['reason'] },
  chorus_handshakes_total: { type: 'counter', help: 'WebSocket handshakes by result.', labels: ['result'] },
  chorus_ota_requests_total: { type: 'counter', help: 'OTA requests by result.', labels: ['result'] },
  chorus_uplink_dropped_total: { type: 'counter', help: 'Uplink packets dropped because a queue was full.' },
  chorus_opus_errors_total: { type: 'counter', help: 'Uplink packets that did not decode; each counts as silence.' },
  chorus_vad_windows_total: { type: 'counter', help: 'Voice activity windows evaluated.' },
  chorus_queue_depth: { type: 'gauge', help: 'Jobs waiting for a CPU slot.', labels: ['kind'] },
  chorus_queue_wait_ms: { type: 'histogram', help: 'Time a job waited for a CPU slot.', labels: ['kind'], buckets: STAGE_BUCKETS_MS },
  chorus_slots_busy: { type: 'gauge', help: 'CPU slots in use.' },
  chorus_jobs_total: { type: 'counter', help: 'Inference jobs by kind and result.', labels: ['kind', 'result'] },
  chorus_job_run_ms: { type: 'histogram', help: 'Time a job spent inside its slot.', labels: ['kind'], buckets: STAGE_BUCKETS_MS },
  chorus_speculation_total: { type: 'counter', help: 'Speculative recognitions: used, wasted, dropped.', labels: ['result'] },
  chorus_admission_total: { type: 'counter', help: 'Admission decisions.', labels: ['result'] },
  chorus_engine_restarts_total: { type: 'counter', help: 'Child processes started again after their death.', labels: ['engine', 'reason'] },
  chorus_packets_sent_total: { type: 'counter', help: 'Downlink audio packets sent.' },
  chorus_underruns_predicted_total: { type: 'counter', help: 'Times the device is predicted to have run dry in mid-reply.' },
  chorus_phrase_cache_total: { type: 'counter', help: 'Phrase cache look-ups.', labels: ['result'] },
  chorus_llm_speculation_total: { type: 'counter', help: 'Answers begun before the end of the utterance was certain: hit (used), miss (aborted), dropped (refused or failed).', labels: ['result'] },
  chorus_llm_wasted_tokens_total: { type: 'counter', help: 'Tokens of such answers that were not used; estimated where the model did not report them.', labels: ['direction'] },
  chorus_llm_tokens_total: { type: 'counter', help: 'Tokens reported by the language model.', labels: ['direction'] },
  chorus_event_loop_delay_ms: { type: 'gauge', help: 'Event loop delay of the main process over the last period.', labels: ['quantile'] },
  chorus_process_resident_bytes: { type: 'gauge', help: 'Resident memory by process.', labels: ['process'] },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
type NameOf<T extends MetricDefinition['type']> = { [K in MetricName]: (typeof METRICS)[K]['type'] extends T ? K : never }[MetricName];
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: NameOf<'counter'>, labels?: Labels, by?: number): void;
  gauge(name: NameOf<'gauge'>, value: number, labels?: Labels): void;
  observe(name: NameOf<'histogram'>, value: number, labels?: Labels): void;
}

export const noMetrics: Metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
