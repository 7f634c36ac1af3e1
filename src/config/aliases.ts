/** `value` is for the new key. `also` sets more keys. `limited` is true if the value was too high and was lowered. */
export interface AliasValue {
  readonly value: unknown;
  readonly also?: Readonly<Record<string, unknown>>;
  readonly limited?: boolean;
}

/**
 * A key under an old name. The names come from the Python server, from guides for that server (docs/moving-over.md),
 * and from earlier versions of Chorus. `convert` returns undefined if the value is not valid.
 */
export interface Alias {
  readonly from: string;
  readonly to: string;
  readonly convert: (value: unknown) => AliasValue | undefined;
  /** Unit of the value under the old name, if the new key has another unit. */
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
 * Firmware drops a connection after 120 s of silence, so the limit is 5 s lower. The Python server's default is 120 s.
 */
const IDLE_CLOSE_MAX_MS = 115_000;

function idleClose(value: unknown): AliasValue | undefined {
  const wanted = secondsToMs(value);
  if (wanted === undefined) return undefined;
  const closeMs = Math.min(wanted, IDLE_CLOSE_MAX_MS);
  // The Python server says goodbye when the time is over. Chorus closes the connection at that moment, and says goodbye
  // 10 s before.
  return {
    value: closeMs,
    also: { 'session.idle_farewell_ms': Math.max(5000, closeMs - 10_000) },
    limited: closeMs !== wanted,
  };
}

/** Converts `vad.preset`, a key from the time when there were only two levels of patience. */
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

/**
 * Keys of earlier versions that no longer have an effect. A configuration with such a key is still loaded, with a note.
 */
export const REMOVED: ReadonlySet<string> = new Set([
  // The present speech runtime needs no int8 copies of models (docs/adr/0029-speech-runtime.md).
  'models.int8',
]);
