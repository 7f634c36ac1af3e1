/**
 * The value under the new key, further keys that follow from it, and whether it had to be limited. Undefined: not a
 * fitting value.
 */
export interface AliasValue {
  readonly value: unknown;
  readonly also?: Readonly<Record<string, unknown>>;
  readonly limited?: boolean;
}

/**
 * A name that users of the Python server know, or of guides for several devices on it (docs/moving-over.md), where the
 * meaning is the same.
 */
export interface Alias {
  readonly from: string;
  readonly to: string;
  readonly convert: (value: unknown) => AliasValue | undefined;
  /** What the old name takes, when that differs from the new one. */
  readonly unit?: 'seconds';
}

const same = (value: unknown): AliasValue => ({ value });

function secondsToMs(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
    ? Math.round(seconds * 1000)
    : undefined;
}

/**
 * Firmware drops a connection that was silent for 120 s, and that server's default is exactly this; 5 s earlier is
 * ours.
 */
const IDLE_CLOSE_MAX_MS = 115_000;

function idleClose(value: unknown): AliasValue | undefined {
  const wanted = secondsToMs(value);
  if (wanted === undefined) return undefined;
  const closeMs = Math.min(wanted, IDLE_CLOSE_MAX_MS);
  // There the farewell is spoken when the time is over; here it comes first and the connection is closed 10 s later.
  return {
    value: closeMs,
    also: { 'session.idle_farewell_ms': Math.max(5000, closeMs - 10_000) },
    limited: closeMs !== wanted,
  };
}

/** Our own key until the third level of patience came. */
function patience(preset: unknown): AliasValue | undefined {
  if (preset === 'default') return { value: 'normal' };
  return preset === 'child' ? { value: 'patient' } : undefined;
}

const list: readonly Alias[] = [
  { from: 'asr_max_workers', to: 'asr.max_workers', convert: same },
  { from: 'llm_max_workers', to: 'llm.max_workers', convert: same },
  { from: 'tts_max_workers', to: 'tts.max_workers', convert: same },
  { from: 'model_pool_size', to: 'asr.pool_size', convert: same },
  { from: 'chunk_size', to: 'vad.window_samples', convert: same },
  { from: 'vad.chunk_size', to: 'vad.window_samples', convert: same },
  { from: 'vad.preset', to: 'vad.patience', convert: patience },
  { from: 'close_connection_no_voice_time', to: 'session.idle_close_ms', convert: idleClose, unit: 'seconds' },
  { from: 'session.close_connection_no_voice_time', to: 'session.idle_close_ms', convert: idleClose, unit: 'seconds' },
  { from: 'exit_commands', to: 'session.exit_words', convert: same },
  { from: 'enable_greeting', to: 'session.greeting', convert: same },
  { from: 'prompt', to: 'llm.prompt', convert: same },
  { from: 'server.ip', to: 'server.host', convert: same },
  {
    from: 'log.log_level',
    to: 'log.level',
    convert: (value) => ({ value: typeof value === 'string' ? value.toLowerCase().replace('warning', 'warn') : value }),
  },
];

export const ALIASES: ReadonlyMap<string, Alias> = new Map(list.map((alias) => [alias.from, alias]));

/** Keys that had a meaning once and have none now: a configuration that still has them loads, and a note says so. */
export const REMOVED: ReadonlySet<string> = new Set([
  // Speech models are as fast as they were published since the speech runtime was pinned
  // (docs/adr/0029-speech-runtime.md).
  'models.int8',
]);
