import type { LogLevel } from './logger.js';

/**
 * One row per failure that somebody can meet. `retryable`: the same request may succeed later.
 * `log`: the level it is logged at. `apology`: what a device hears when a turn ends in it
 * (a key of the phrase table; undefined: nothing is spoken).
 * docs/errors.md is generated from this table.
 */
interface ErrorRow {
  readonly retryable: boolean;
  readonly log: LogLevel;
  readonly apology?: ApologyKey;
  /** What happened and what to do, for the documentation. */
  readonly about: string;
}

/** Kinds of spoken apology; the sentences stand in `session/phrases.ts`. */
export type ApologyKey =
  | 'busy'
  | 'not_understood'
  | 'asr_failed'
  | 'model_downloading'
  | 'model_missing'
  | 'voice_missing'
  | 'llm_no_key'
  | 'llm_bad_key'
  | 'llm_no_money'
  | 'llm_rate_limited'
  | 'llm_unreachable'
  | 'llm_timeout'
  | 'llm_server_error'
  | 'llm_failed'
  | 'internal';

export const ERROR_TABLE = {
  'config.invalid': { retryable: false, log: 'error', about: 'The configuration has mistakes. Each is listed with its file, line, key and what is allowed; mend them and start again.' },
  'config.no_backup': { retryable: false, log: 'warn', about: 'There is no copy of the configuration to go back to, or none of that name. `chorus config list` shows them.' },
  'config.unreadable': { retryable: false, log: 'error', about: 'The configuration file cannot be read or is not YAML.' },
  'data.not_writable': { retryable: false, log: 'error', about: 'The data folder cannot be created or written. Choose another with --data or mend its permissions.' },
  'data.disk_full': { retryable: true, log: 'error', about: 'The disk is full. Free some space; nothing half-written was left behind.' },
  'data.in_use': { retryable: false, log: 'error', about: 'Another Chorus server runs on this data folder. Stop it, or choose another folder with --data.' },
  'store.failed': { retryable: true, log: 'error', about: 'The database refused an operation.' },
  'server.port_in_use': { retryable: false, log: 'error', about: 'Another program listens on the port. Stop it or choose another with --port.' },
  'server.listen_failed': { retryable: false, log: 'error', about: 'The server cannot listen on that address.' },
  'auth.unauthorized': { retryable: false, log: 'info', about: 'No token, a wrong token, or one of another device. Restart the device so that it fetches its settings again.' },
  'auth.rate_limited': { retryable: true, log: 'warn', about: 'Too many requests from one address; wait a minute.' },
  'protocol.bad_message': { retryable: false, log: 'debug', about: 'A device sent a message that is not valid; it was ignored.' },
  'protocol.too_large': { retryable: false, log: 'warn', about: 'A device sent a message over the size limit; it was dropped.' },
  'engine.crashed': { retryable: true, log: 'error', apology: 'internal', about: 'A child process ended unexpectedly and was started again.' },
  'engine.hung': { retryable: true, log: 'error', apology: 'internal', about: 'A job ran far longer than predicted; its process was killed and started again.' },
  'engine.failed': { retryable: true, log: 'error', apology: 'internal', about: 'A child process died three times within a minute; it is started again after a pause. The reason is on /readyz.' },
  'engine.quarantined': { retryable: false, log: 'error', apology: 'asr_failed', about: 'One job killed its process twice and is not tried again.' },
  'engine.job_failed': { retryable: false, log: 'warn', apology: 'internal', about: 'The engine answered a job with an error.' },
  'model.not_fetched': { retryable: true, log: 'warn', apology: 'model_missing', about: 'The speech model for the language of a device could not be fetched; it is tried again. Without internet: `chorus models pull ID --file ARCHIVE`.' },
  'model.not_installed': { retryable: false, log: 'warn', apology: 'model_missing', about: 'The speech model for the language of a device is not installed, and models.auto_pull is off. `chorus models pull ID` fetches it; a running server notices.' },
  'model.missing': { retryable: true, log: 'warn', apology: 'model_downloading', about: 'A model is not installed yet. `chorus models pull ID` fetches it.' },
  'model.corrupt': { retryable: false, log: 'error', apology: 'asr_failed', about: 'A model file has the wrong size or hash. `chorus models pull ID --force` fetches it again.' },
  'model.unknown': { retryable: false, log: 'error', about: 'No model of that name is in the catalogue. `chorus models list` shows them.' },
  'model.busy': { retryable: true, log: 'warn', about: 'Another process is pulling this model.' },
  'model.download_failed': { retryable: true, log: 'warn', about: 'No mirror delivered the model. Try again, name a mirror with --from, or bring the file with --file.' },
  'asr.failed': { retryable: true, log: 'warn', apology: 'asr_failed', about: 'Speech recognition failed.' },
  'asr.timeout': { retryable: true, log: 'warn', apology: 'asr_failed', about: 'Speech recognition did not answer in time.' },
  'llm.no_key': { retryable: false, log: 'warn', apology: 'llm_no_key', about: 'The language model needs an API key. Set llm.api_key or run `chorus setup`.' },
  'llm.bad_key': { retryable: false, log: 'warn', apology: 'llm_bad_key', about: 'The language model refused the API key.' },
  'llm.no_money': { retryable: false, log: 'warn', apology: 'llm_no_money', about: 'The account at the language model has no credit left.' },
  'llm.rate_limited': { retryable: true, log: 'warn', apology: 'llm_rate_limited', about: 'The language model refused because of too many requests.' },
  'llm.unreachable': { retryable: true, log: 'warn', apology: 'llm_unreachable', about: 'The language model cannot be reached, or broke off.' },
  'llm.server_error': { retryable: true, log: 'warn', apology: 'llm_server_error', about: 'The language model is reached and has a problem of its own (HTTP 500, 502, 503: overloaded, being repaired). Nothing is wrong here; it passes, or llm.fallback answers meanwhile.' },
  'llm.timeout': { retryable: true, log: 'warn', apology: 'llm_timeout', about: 'The language model did not answer in time.' },
  'llm.failed': { retryable: false, log: 'warn', apology: 'llm_failed', about: 'The language model answered with an error or with something unreadable.' },
  'tts.failed': { retryable: true, log: 'warn', apology: 'internal', about: 'Speech synthesis failed.' },
  'tts.timeout': { retryable: true, log: 'warn', apology: 'internal', about: 'Speech synthesis did not answer in time.' },
  'tts.unreachable': { retryable: true, log: 'warn', apology: 'internal', about: 'The voice service cannot be reached, or broke off. Without internet set tts.provider to a local voice.' },
  'tts.rejected': { retryable: false, log: 'warn', apology: 'internal', about: 'The voice service refused the request: a wrong key, an unknown voice or model, or (Edge) a browser version that is too old; see tts.openai and tts.edge.version.' },
  'tts.rate_limited': { retryable: true, log: 'warn', apology: 'internal', about: 'The voice service refused because of too many requests, or its account has no credit left.' },
  'tts.unavailable': { retryable: false, log: 'warn', apology: 'voice_missing', about: 'No voice speaks this language: cloud voices are out of reach, and none on this machine does. `chorus models list` shows those that can be installed.' },
  'audio.undecodable': { retryable: true, log: 'warn', apology: 'internal', about: 'Audio from a speech provider is not in the format it announced, or is damaged.' },
  'capacity.busy': { retryable: true, log: 'info', apology: 'busy', about: 'The server carries as many talking devices as it can. The device was told so.' },
  'capacity.queue_full': { retryable: true, log: 'warn', apology: 'busy', about: 'A work queue is full.' },
  'capacity.queue_timeout': { retryable: true, log: 'warn', apology: 'busy', about: 'A job waited longer than its bound.' },
  'tool.failed': { retryable: false, log: 'info', about: 'A tool of the device answered with an error.' },
  'tool.timeout': { retryable: true, log: 'info', about: 'A tool of the device did not answer in time.' },
  'device.unreachable': { retryable: true, log: 'error', about: 'The simulated device finds no server at that address. Start one with `chorus serve`, or name its OTA address with --url.' },
  'device.refused': { retryable: false, log: 'error', about: 'The server refused the simulated device, or answered with something a device cannot use.' },
  'device.not_paired': { retryable: true, log: 'error', about: 'Nobody confirmed the pairing code of the simulated device in time.' },
  'bench.not_ready': { retryable: true, log: 'error', about: 'The server that was started for the bench did not become ready. The end of what it said stands with the error.' },
  'bench.process_ended': { retryable: false, log: 'error', about: 'A process that the bench had started ended by itself. The end of what it said stands with the error.' },
  'bench.bad_input': { retryable: false, log: 'error', about: 'The bench was given options that do not fit together, or a file that is no result of the bench.' },
  'internal': { retryable: false, log: 'error', apology: 'internal', about: 'A defect in Chorus. Please report it.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** What an error's sentence names (a file, a port, a model), for the sentence in another language. No secrets. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** The only error class that crosses a module border. `message` is one line in English without secrets. */
export class ChorusError extends Error {
  override readonly name = 'ChorusError';
  readonly details: ErrorDetails;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? {};
  }

  get row(): ErrorRow {
    return ERROR_TABLE[this.code];
  }

  get retryable(): boolean {
    return this.row.retryable;
  }
}

/** Whatever was thrown, as a ChorusError: unchanged if it is one, else wrapped under `code`. */
export function asChorusError(thrown: unknown, code: ErrorCode = 'internal'): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChorusError(code, message, { cause: thrown });
}

/** Why work was cancelled on purpose: not an error to be logged, counted or apologised for. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(readonly reason: string) {
    super(`cancelled: ${reason}`);
  }
}

export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Cancelled || (thrown instanceof Error && thrown.name === 'AbortError');
}
