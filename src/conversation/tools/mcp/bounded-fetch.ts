type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Longest message of a server. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Returns a `fetch` whose answers fail when one message (a line of a stream, else the body) is too long. */
export function boundedFetch(ask: Fetch = fetch, maxBytes = MAX_MESSAGE_BYTES): Fetch {
  return async (url, init) => {
    const response = await ask(url, init);
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const stream = /^text\/event-stream/i.test(headers.get('content-type') ?? '');
    const bounded = new Response(response.body.pipeThrough(bound(stream, maxBytes)), { status, statusText, headers });
    // The SDK resolves redirects against this URL.
    Object.defineProperty(bounded, 'url', { value: response.url });
    return bounded;
  };
}

function bound(perLine: boolean, maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const lineEnd = perLine ? chunk.lastIndexOf(10) : -1;
      bytes = lineEnd < 0 ? bytes + chunk.byteLength : chunk.byteLength - lineEnd - 1;
      if (bytes > maxBytes) throw new RangeError('the server sent a message that is too long');
      controller.enqueue(chunk);
    },
  });
}
