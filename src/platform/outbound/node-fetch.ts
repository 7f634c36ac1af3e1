import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ChorusError } from '../../core/index.js';

interface SendOptions extends Pick<RequestOptions, 'agent' | 'lookup'> {
  /** Maximum size of an answer. Undefined if the caller limits the answer itself. */
  readonly maxBytes?: number;
}

const HEADERS = { accept: '*/*', 'user-agent': 'node' };

/**
 * Works like the global `fetch`, but follows no redirect and asks for no compression. Passes a `ChorusError` of
 * `lookup` on. Reading a body of more than `maxBytes` rejects with a `RangeError`.
 */
export function send(
  url: URL,
  init: RequestInit | undefined,
  { maxBytes = Number.POSITIVE_INFINITY, ...options }: SendOptions,
): { readonly request: ClientRequest; readonly response: Promise<Response> } {
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    ...options,
    method: init?.method ?? 'GET',
    headers: { ...HEADERS, ...Object.fromEntries(new Headers(init?.headers)) },
    ...(init?.signal && { signal: init.signal }),
  });
  const response = new Promise<Response>((resolve, reject) => {
    request.once('response', (message) => {
      try {
        resolve(asResponse(message, init?.redirect === 'manual', maxBytes));
      } catch (error) {
        message.destroy();
        reject(error);
      }
    });
    request.on('error', (error) =>
      reject(
        error instanceof ChorusError || error.name === 'AbortError'
          ? error
          : new TypeError('fetch failed', { cause: error }),
      ),
    );
  });
  request.end(init?.body ?? undefined);
  return { request, response };
}

function asResponse(message: IncomingMessage, redirects: boolean, maxBytes: number): Response {
  const status = message.statusCode ?? 0;
  if (status >= 300 && status < 400 && !redirects)
    throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  if (status !== 204 && status !== 205 && status !== 304)
    return new Response(bounded(message, maxBytes), { status, headers });
  message.resume();
  return new Response(null, { status, headers });
}

function bounded(message: IncomingMessage, maxBytes: number): ReadableStream<Uint8Array> {
  let bytes = 0;
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) {
        controller.close();
        return;
      }
      bytes += value.byteLength;
      if (bytes > maxBytes) {
        message.destroy();
        throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
      }
      controller.enqueue(new Uint8Array(value));
    },
    cancel() {
      message.destroy();
    },
  });
}
