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
  'config.invalid': {
    retryable: false,
    log: 'error',
    about:
      'The configuration has mistakes. Each is listed with its file, line, key and what is allowed; mend them and start again.',
  },
  'config.no_backup': {
    retryable: false,
    log: 'warn',
    about:
      'There is no copy of the configuration to go back to, or none of that name. `chorus config list` shows them.',
  },
  'config.unproven': {
    retryable: false,
    log: 'warn',
    about:
      'The configuration is valid, and with it a simulated device was not understood or not answered. It was taken back.',
  },
  'config.unreadable': {
    retryable: false,
    log: 'error',
    about: 'The configuration file cannot be read or is not YAML.',
  },
  'data.not_writable': {
    retryable: false,
    log: 'error',
    about: 'The data folder cannot be created or written. Choose another with --data or mend its permissions.',
  },
  'data.disk_full': {
    retryable: true,
    log: 'error',
    about: 'The disk is full. Free some space; nothing half-written was left behind.',
  },
  'data.in_use': {
    retryable: false,
    log: 'error',
    about: 'Another Chorus server runs on this data folder. Stop it, or choose another folder with --data.',
  },
  'store.failed': { retryable: true, log: 'error', about: 'The database refused an operation.' },
  'store.unreachable': {
    retryable: true,
    log: 'error',
    about:
      'The database server cannot be reached, or broke off. Devices that are connected go on; the server connects again by itself.',
  },
  'store.refused': {
    retryable: false,
    log: 'error',
    about:
      'The database server refuses the connection: user, password, database, rights or certificate. Mend store.url, or what the server allows.',
  },
  'store.taken': {
    retryable: true,
    log: 'debug',
    about:
      'What was to be added to the database is there already: a pairing code that another device has, a release or an agent of that id.',
  },
  'store.bad_backup': {
    retryable: false,
    log: 'error',
    about:
      'A file is no backup of the database, is damaged or cut off, or was written by a newer Chorus. Nothing was changed. `chorus store list` shows the backups.',
  },
  'store.damaged': {
    retryable: false,
    log: 'error',
    about:
      'The check of the database found damage. Stop the server and restore the newest good backup; `chorus store list` shows them.',
  },
  'server.port_in_use': {
    retryable: false,
    log: 'error',
    about: 'Another program listens on the port. Stop it or choose another with --port.',
  },
  'server.listen_failed': { retryable: false, log: 'error', about: 'The server cannot listen on that address.' },
  'auth.unauthorized': {
    retryable: false,
    log: 'info',
    about:
      'No token, a wrong token, or one of another device. Restart the device so that it fetches its settings again.',
  },
  'auth.rate_limited': { retryable: true, log: 'warn', about: 'Too many requests from one address; wait a minute.' },
  'admin.not_signed_in': {
    retryable: false,
    log: 'debug',
    about:
      'The admin API was asked without a session of the page and without the token of commands on the server itself, or the session is over. Sign in again.',
  },
  'admin.wrong_password': { retryable: false, log: 'warn', about: 'A wrong password was entered for the page.' },
  'admin.password_refused': {
    retryable: false,
    log: 'warn',
    about:
      'That password cannot be set: it is shorter than 8 characters, or the password comes from admin.password or CHORUS_ADMIN_PASSWORD and is changed there.',
  },
  'admin.cross_site': {
    retryable: false,
    log: 'warn',
    about:
      'A page of another address asked in the name of a signed-in browser, or the x-chorus-csrf header is missing or wrong. Reload the page.',
  },
  'admin.wrong_host': {
    retryable: false,
    log: 'warn',
    about:
      'The page was asked for by a name that the server does not know, which is how foreign web pages reach servers in a home network (DNS rebinding). Use its IP address, or add the name to admin.hosts or server.public_url.',
  },
  'admin.bad_request': {
    retryable: false,
    log: 'debug',
    about: 'A request of the admin API is not as docs/admin-api.md says.',
  },
  'admin.not_found': {
    retryable: false,
    log: 'debug',
    about: 'The admin API knows no such thing: a wrong address, id or code, or it was used or has expired.',
  },
  'admin.too_large': { retryable: false, log: 'debug', about: 'A request of the admin API is larger than allowed.' },
  'admin.address_refused': {
    retryable: false,
    log: 'warn',
    about:
      'That address is not tried from the page: only http(s), never an address of cloud metadata, and on this machine or in the local network only the ports of admin.llm_ports (Ollama, LM Studio, vLLM, llama.cpp).',
  },
  'protocol.bad_message': {
    retryable: false,
    log: 'debug',
    about: 'A device sent a message that is not valid; it was ignored.',
  },
  'protocol.too_large': {
    retryable: false,
    log: 'warn',
    about: 'A device sent a message over the size limit; it was dropped.',
  },
  'engine.crashed': {
    retryable: true,
    log: 'error',
    apology: 'internal',
    about: 'A child process ended unexpectedly and was started again.',
  },
  'engine.hung': {
    retryable: true,
    log: 'error',
    apology: 'internal',
    about: 'A job ran far longer than predicted; its process was killed and started again.',
  },
  'engine.failed': {
    retryable: true,
    log: 'error',
    apology: 'internal',
    about:
      'A child process died three times within a minute; it is started again after a pause. The reason is on /readyz.',
  },
  'engine.quarantined': {
    retryable: false,
    log: 'error',
    apology: 'asr_failed',
    about: 'One job killed its process twice and is not tried again.',
  },
  'engine.job_failed': {
    retryable: false,
    log: 'warn',
    apology: 'internal',
    about: 'The engine answered a job with an error.',
  },
  'model.not_fetched': {
    retryable: true,
    log: 'warn',
    apology: 'model_missing',
    about:
      'The speech model for the language of a device could not be fetched; it is tried again. Without internet: `chorus models pull ID --file ARCHIVE`.',
  },
  'model.not_installed': {
    retryable: false,
    log: 'warn',
    apology: 'model_missing',
    about:
      'The speech model for the language of a device is not installed, and models.auto_pull is off. `chorus models pull ID` fetches it; a running server notices.',
  },
  'model.missing': {
    retryable: true,
    log: 'warn',
    apology: 'model_downloading',
    about: 'A model is not installed yet. `chorus models pull ID` fetches it.',
  },
  'model.corrupt': {
    retryable: false,
    log: 'error',
    apology: 'asr_failed',
    about: 'A model file has the wrong size or hash. `chorus models pull ID --force` fetches it again.',
  },
  'model.unknown': {
    retryable: false,
    log: 'error',
    about: 'No model of that name is in the catalogue. `chorus models list` shows them.',
  },
  'model.busy': { retryable: true, log: 'warn', about: 'Another process is pulling this model.' },
  'model.download_failed': {
    retryable: true,
    log: 'warn',
    about: 'No mirror delivered the model. Try again, name a mirror with --from, or bring the file with --file.',
  },
  'asr.failed': { retryable: true, log: 'warn', apology: 'asr_failed', about: 'Speech recognition failed.' },
  'asr.timeout': {
    retryable: true,
    log: 'warn',
    apology: 'asr_failed',
    about: 'Speech recognition did not answer in time.',
  },
  'llm.no_key': {
    retryable: false,
    log: 'warn',
    apology: 'llm_no_key',
    about: 'The language model needs an API key. Set llm.api_key or run `chorus setup`.',
  },
  'llm.bad_key': {
    retryable: false,
    log: 'warn',
    apology: 'llm_bad_key',
    about: 'The language model refused the API key.',
  },
  'llm.no_money': {
    retryable: false,
    log: 'warn',
    apology: 'llm_no_money',
    about: 'The account at the language model has no credit left.',
  },
  'llm.rate_limited': {
    retryable: true,
    log: 'warn',
    apology: 'llm_rate_limited',
    about: 'The language model refused because of too many requests.',
  },
  'llm.unreachable': {
    retryable: true,
    log: 'warn',
    apology: 'llm_unreachable',
    about: 'The language model cannot be reached, or broke off.',
  },
  'llm.server_error': {
    retryable: true,
    log: 'warn',
    apology: 'llm_server_error',
    about:
      'The language model is reached and has a problem of its own (HTTP 500, 502, 503: overloaded, being repaired). Nothing is wrong here; it passes, or llm.fallback answers meanwhile.',
  },
  'llm.timeout': {
    retryable: true,
    log: 'warn',
    apology: 'llm_timeout',
    about: 'The language model did not answer in time.',
  },
  'llm.failed': {
    retryable: false,
    log: 'warn',
    apology: 'llm_failed',
    about: 'The language model answered with an error or with something unreadable.',
  },
  'tts.failed': { retryable: true, log: 'warn', apology: 'internal', about: 'Speech synthesis failed.' },
  'tts.timeout': {
    retryable: true,
    log: 'warn',
    apology: 'internal',
    about: 'Speech synthesis did not answer in time.',
  },
  'tts.unreachable': {
    retryable: true,
    log: 'warn',
    apology: 'internal',
    about: 'The voice service cannot be reached, or broke off. Without internet set tts.provider to a local voice.',
  },
  'tts.rejected': {
    retryable: false,
    log: 'warn',
    apology: 'internal',
    about:
      'The voice service refused the request: a wrong key, an unknown voice or model, or (Edge) a browser version that is too old; see tts.openai and tts.edge.version.',
  },
  'tts.rate_limited': {
    retryable: true,
    log: 'warn',
    apology: 'internal',
    about: 'The voice service refused because of too many requests, or its account has no credit left.',
  },
  'tts.unavailable': {
    retryable: false,
    log: 'warn',
    apology: 'voice_missing',
    about:
      'No voice speaks this language: cloud voices are out of reach, and none on this machine does. `chorus models list` shows those that can be installed.',
  },
  'audio.undecodable': {
    retryable: true,
    log: 'warn',
    apology: 'internal',
    about: 'Audio from a speech provider is not in the format it announced, or is damaged.',
  },
  'capacity.busy': {
    retryable: true,
    log: 'info',
    apology: 'busy',
    about: 'The server carries as many talking devices as it can. The device was told so.',
  },
  'capacity.queue_full': { retryable: true, log: 'warn', apology: 'busy', about: 'A work queue is full.' },
  'capacity.queue_timeout': {
    retryable: true,
    log: 'warn',
    apology: 'busy',
    about: 'A job waited longer than its bound.',
  },
  'tool.failed': { retryable: false, log: 'info', about: 'A tool of the device answered with an error.' },
  'tool.timeout': { retryable: true, log: 'info', about: 'A tool of the device did not answer in time.' },
  'device.unreachable': {
    retryable: true,
    log: 'error',
    about:
      'The simulated device finds no server at that address. Start one with `chorus serve`, or name its OTA address with --url.',
  },
  'device.refused': {
    retryable: false,
    log: 'error',
    about: 'The server refused the simulated device, or answered with something a device cannot use.',
  },
  'device.unknown': {
    retryable: false,
    log: 'warn',
    about:
      'No device goes by that name. `chorus devices list` shows them; a device is named by its MAC address, the beginning or the end of it, or its name.',
  },
  'device.ambiguous': {
    retryable: false,
    log: 'warn',
    about: 'Several devices go by that name. Write more of the MAC address.',
  },
  'device.not_paired': {
    retryable: true,
    log: 'error',
    about: 'Nobody confirmed the pairing code of the simulated device in time.',
  },
  'firmware.invalid': {
    retryable: false,
    log: 'warn',
    about:
      'A file is no firmware that a device could install: not an ESP32 application image, damaged, too large, or of another version than was said. Use the application image of the build (xiaozhi.bin), not the file for the whole flash.',
  },
  'firmware.exists': {
    retryable: false,
    log: 'warn',
    about:
      'The board has a firmware of that version already, and devices tell firmware apart by its version. Build it with a higher one, or remove the other with `chorus firmware rm`.',
  },
  'firmware.unknown': {
    retryable: false,
    log: 'warn',
    about: 'There is no firmware of that id. `chorus firmware list` shows them.',
  },
  'firmware.force_needs_devices': {
    retryable: false,
    log: 'warn',
    about:
      'A firmware is forced only on devices that are named (--devices). A share of the devices only ever gets what is newer than theirs.',
  },
  'firmware.halted': {
    retryable: false,
    log: 'error',
    about:
      'A firmware is no longer offered, because too few of the devices that took it came back with it (firmware.return_share). Look at one of them; `chorus firmware rollout ID` lets it go on, `chorus firmware rm ID` removes it.',
  },
  'bench.not_ready': {
    retryable: true,
    log: 'error',
    about:
      'The server that was started for the bench did not become ready. The end of what it said stands with the error.',
  },
  'bench.process_ended': {
    retryable: false,
    log: 'error',
    about: 'A process that the bench had started ended by itself. The end of what it said stands with the error.',
  },
  'bench.bad_input': {
    retryable: false,
    log: 'error',
    about: 'The bench was given options that do not fit together, or a file that is no result of the bench.',
  },
  'upkeep.running': {
    retryable: true,
    log: 'warn',
    about: 'The upkeep is under way already. `chorus upkeep --status` shows how it goes.',
  },
  'upkeep.unknown_task': {
    retryable: false,
    log: 'warn',
    about: 'There is no upkeep task of that name. `chorus upkeep --status` shows them.',
  },
  'bundle.packages_missing': {
    retryable: true,
    log: 'error',
    about:
      'npm could not bring the packages of another platform: that needs an npm registry. Make the bundle on a machine of that platform, or where a registry can be reached.',
  },
  'bundle.incomplete': {
    retryable: false,
    log: 'error',
    about:
      'The installation that a bundle is made of is not complete: built files or packages are missing. In a clone of the repository: npm ci && npm run build.',
  },
  internal: { retryable: false, log: 'error', apology: 'internal', about: 'A defect in Chorus. Please report it.' },
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
