import { socketConnection, type WireMessage } from './connection.js';
import { failureOf, jsonMessage, textIn, within, type JsonObject } from './json-news.js';
import { hexId, type SocketAddress, type SocketOptions } from './socket.js';
import { keptConnection, type WarmSockets } from './warm-sockets.js';

export const DASHSCOPE_URL = 'wss://dashscope.aliyuncs.com/api-ws/v1/inference';
export const DASHSCOPE_KEYS: readonly string[] = ['DASHSCOPE_API_KEY'];

export const dashscopeAddress = (url: string, key: string | undefined): SocketAddress => ({
  url,
  headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
});

export function dashscopeSocket(
  { url, ...options }: Pick<SocketOptions, 'kind' | 'maxMessageBytes'> & { readonly url: string },
  key: string | undefined,
  sockets: WarmSockets | undefined,
) {
  const address = (): SocketAddress => dashscopeAddress(url, key);
  return keptConnection((signal) => socketConnection({ ...options, address }, signal), key, sockets);
}

/** One task on DashScope's inference socket: run-task, then audio or text, then finish-task. */
export class DashscopeTask {
  readonly #id = hexId();

  run(payload: JsonObject): WireMessage {
    return this.#message('run-task', { ...payload, input: {} });
  }

  continue(text: string): WireMessage {
    return this.#message('continue-task', { input: { text } });
  }

  finish(): WireMessage {
    return this.#message('finish-task', { input: {} });
  }

  read(message: WireMessage) {
    const value = jsonMessage(message);
    const event = textIn(value, 'header', 'event');
    return {
      event,
      output: within(value, 'payload', 'output'),
      failure: failureOf(textIn(value, 'header', 'error_code'), textIn(value, 'header', 'error_message')),
    };
  }

  #message(action: string, payload: JsonObject): WireMessage {
    return JSON.stringify({ header: { action, task_id: this.#id, streaming: 'duplex' }, payload });
  }
}
