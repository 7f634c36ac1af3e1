import { randomUUID } from 'node:crypto';
import { ChorusError, type Clock, type HttpClient, withTimeout } from '../../core/index.js';
import { START_MS, type WireMessage } from './connection.js';
import { askService, jsonOf } from './http.js';
import { failureOf, jsonMessage, numberIn, textIn, within, type JsonObject } from './json-news.js';
import { serviceError, type ServiceKind } from './refusal.js';
import { ServiceTime } from './service-time.js';
import { hmacBase64, percentEncode, sortedQuery } from './signatures.js';
import { hexId, type SocketAddress } from './socket.js';
import { wireWords } from './words.js';

export interface NlsAccount {
  readonly url: string;
  readonly appkey: string;
  readonly access_key_id: string;
  readonly token_url: string;
}

const EARLY_MS = 60_000;

export class NlsToken {
  #known: { readonly value: string; readonly untilMs: number } | undefined;
  #asking: Promise<string> | undefined;
  readonly #time: ServiceTime;

  constructor(
    private readonly kind: ServiceKind,
    private readonly account: NlsAccount,
    private readonly clock: Clock,
    private readonly http: HttpClient | undefined,
  ) {
    this.#time = new ServiceTime(clock);
  }

  /**
   * `key` is the secret of the access key. If no access key is set, the key is the token itself. Simultaneous callers
   * share one request. It takes no signal, because an interrupted device must not fail the others.
   */
  async value(key: string | undefined): Promise<string> {
    if (this.account.access_key_id === '') return key ?? '';
    if (this.#known && this.#time.wallMs() < this.#known.untilMs - EARLY_MS) return this.#known.value;
    const late = (): ChorusError => serviceError(this.kind, 'timeout', wireWords.noToken);
    this.#asking ??= withTimeout(this.clock, START_MS, undefined, late, (signal) =>
      this.#ask(key ?? '', signal),
    ).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(secret: string, signal: AbortSignal): Promise<string> {
    const skewMs = this.#time.skewMs;
    try {
      return await this.#askOnce(secret, signal);
    } catch (error) {
      if (this.#time.skewMs === skewMs) throw error;
      return this.#askOnce(secret, signal);
    }
  }

  async #askOnce(secret: string, signal: AbortSignal): Promise<string> {
    const { kind, http, account } = this;
    const time = this.#time;
    const query = sortedQuery({
      AccessKeyId: account.access_key_id,
      Action: 'CreateToken',
      Format: 'JSON',
      RegionId: 'cn-shanghai',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: randomUUID(),
      SignatureVersion: '1.0',
      Timestamp: new Date(time.wallMs()).toISOString().replace(/\.\d+Z$/u, 'Z'),
      Version: '2019-02-28',
    });
    const signature = hmacBase64('sha1', `${secret}&`, `GET&%2F&${percentEncode(query)}`);
    const url = `${account.token_url}?Signature=${percentEncode(signature)}&${query}`;
    let date: string | undefined;
    const watched: HttpClient = {
      fetch: async (input, init) => {
        const response = await (http?.fetch ?? fetch)(input, init);
        date = response.headers.get('date') ?? undefined;
        return response;
      },
    };
    try {
      const value = await jsonOf(kind, await askService({ kind, http: watched, url, method: 'GET' }, signal), signal);
      const token = textIn(value, 'Token', 'Id');
      if (token === '') throw serviceError(kind, 'rejected', wireWords.noToken);
      const untilS = numberIn(within(value, 'Token')['ExpireTime']) ?? 0;
      this.#known = { value: token, untilMs: untilS * 1000 };
      return token;
    } catch (error) {
      // Corrects the time after every rejection, because the service answers a wrong time like a wrong key.
      if (error instanceof ChorusError && error.code === `${kind}.rejected`) time.correct(date);
      throw error;
    }
  }
}

export const nlsAddress = (url: string, token: string): SocketAddress => ({ url, headers: { 'X-NLS-Token': token } });

/** `namespace` is the service's name for the kind of task. */
export class NlsTask {
  readonly #id = hexId();

  constructor(
    private readonly namespace: string,
    private readonly appkey: string,
  ) {}

  message(name: string, payload: JsonObject = {}): WireMessage {
    const header = { message_id: hexId(), task_id: this.#id, namespace: this.namespace, name, appkey: this.appkey };
    return JSON.stringify({ header, payload });
  }

  /** Throws if the message is no JSON object. */
  read(message: WireMessage) {
    const value = jsonMessage(message);
    return {
      name: textIn(value, 'header', 'name'),
      payload: within(value, 'payload'),
      failure: failureOf(
        String(numberIn(within(value, 'header')['status']) ?? ''),
        textIn(value, 'header', 'status_text') || textIn(value, 'header', 'status_message'),
      ),
    };
  }
}
