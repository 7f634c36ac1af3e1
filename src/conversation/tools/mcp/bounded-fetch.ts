import { JsonMeter } from '../../../core/index.js';
import type { McpAllowance } from './socket-transport.js';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Limit for one message of a server. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/**
 * Limits what a server sends. A message is an event of a stream, or a whole body. Reading fails if a message is too
 * long or takes too long to parse. Reading also fails if all messages together exceed the allowance.
 */
export function boundedFetch(
  { bytes: allowed }: Pick<McpAllowance, 'bytes'>,
  ask: Fetch = fetch,
  maxBytes = MAX_MESSAGE_BYTES,
): Fetch {
  return async (url, init) => {
    const response = await ask(url, init);
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const events = /^text\/event-stream/i.test(headers.get('content-type') ?? '');
    const meter = new JsonMeter({ bytes: maxBytes, events });
    const bound = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (!allowed.take(chunk.byteLength)) throw new RangeError('the server sends too much');
        meter.add(chunk);
        controller.enqueue(chunk);
      },
    });
    const bounded = new Response(response.body.pipeThrough(bound), { status, statusText, headers });
    // The SDK resolves redirects against this address.
    Object.defineProperty(bounded, 'url', { value: response.url });
    return bounded;
  };
}
