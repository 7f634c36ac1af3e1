/** The value under the new key, further keys that follow from it, and whether the value had to be limited. */
export interface AliasValue {
  readonly value: unknown;
  readonly also?: Readonly<Record<string, unknown>>;
  readonly limited?: boolean;
}

/**
 * An old name with the same meaning. It comes from the Python server, or from guides for several devices on that server
 * (docs/moving-over.md). `convert` returns undefined for a value that does not fit.
 */
export interface Alias {
  readonly from: string;
  readonly to: string;
  readonly convert: (value: unknown) => AliasValue | undefined;
  /** Unit of the old name, if it differs from that of the new one. */
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
 * Firmware drops a connection after 120 s of silence, which is also the default of the Python server. Chorus closes 5 s
 * earlier.
 */
const IDLE_CLOSE_MAX_MS = 115_000;

function idleClose(value: unknown): AliasValue | undefined {
  const wanted = secondsToMs(value);
  if (wanted === undefined) return undefined;
  const closeMs = Math.min(wanted, IDLE_CLOSE_MAX_MS);
  // The Python server says the farewell when the time is over. Chorus says it first and closes the connection 10 s
  // later.
  return {
    value: closeMs,
    also: { 'session.idle_farewell_ms': Math.max(5000, closeMs - 10_000) },
    limited: closeMs !== wanted,
  };
}

/** Converts a value of `vad.preset`, the key that Chorus itself had before the third level of patience was added. */
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

/** Keys of earlier versions that have no effect now. A configuration with such a key still loads, with a note. */
export const REMOVED: ReadonlySet<string> = new Set([
  // Speech models are fast in their published form since the speech runtime was pinned
  // (docs/adr/0029-speech-runtime.md).
  'models.int8',
]);
