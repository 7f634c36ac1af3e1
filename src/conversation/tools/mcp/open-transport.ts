import { WebSocket } from 'ws';
import type { Clock, Logger } from '../../../core/index.js';
import type { RequestedPause } from '../../../providers/index.js';
import { boundedFetch, MAX_MESSAGE_BYTES } from './bounded-fetch.js';
import { pausingFetch } from './pausing-fetch.js';
import { loadHttp, loadStdio, type Transport } from './sdk.js';
import type { McpPlace } from './settings.js';
import { McpAllowance, SocketTransport } from './socket-transport.js';

/** Only the end of a server's error output is kept, because it explains why the server has exited. */
const MAX_PRINTED_CHARS = 400;

export interface OpenedTransport {
  readonly transport: Transport;
  readonly printed: () => string;
}

/** Number of ways to reach a place. Each way is tried once. */
export function waysTo(place: McpPlace): number {
  return place.kind === 'http' ? place.ways.length : 1;
}

/** `way` is an index below {@link waysTo}. All connections to the server share `pause`. */
export async function openTransport(
  place: McpPlace,
  way: number,
  { clock, log, pause }: { readonly clock: Clock; readonly log: Logger; readonly pause: RequestedPause },
): Promise<OpenedTransport> {
  switch (place.kind) {
    case 'command': {
      const { StdioClientTransport } = await loadStdio();
      const { command, args, env, cwd } = place;
      const transport = new StdioClientTransport({
        command,
        args: [...args],
        // The SDK adds PATH, HOME and the like. Other variables of this server must not be passed on.
        env: { ...env },
        ...(cwd !== undefined && { cwd }),
        stderr: 'pipe',
        maxBufferSize: MAX_MESSAGE_BYTES,
      });
      let printed = '';
      transport.stderr?.on('data', (chunk: Buffer) => {
        printed = (printed + chunk.toString('utf8')).slice(-MAX_PRINTED_CHARS);
      });
      return { transport, printed: () => printed };
    }
    case 'http': {
      const [{ StreamableHTTPClientTransport }, { SSEClientTransport }] = await loadHttp();
      const asked = pausingFetch(pause, boundedFetch(new McpAllowance(clock)));
      const options = { requestInit: { headers: place.headers }, fetch: asked };
      const transport =
        place.ways[way] === 'sse'
          ? new SSEClientTransport(new URL(place.sseUrl ?? place.url), options)
          : new StreamableHTTPClientTransport(new URL(place.url), options);
      return { transport, printed: () => '' };
    }
    default: {
      const socket = new WebSocket(place.url, {
        maxPayload: MAX_MESSAGE_BYTES,
        perMessageDeflate: false,
        handshakeTimeout: 10_000,
      });
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      });
      return {
        transport: new SocketTransport(socket, { clock, log, allowance: new McpAllowance(clock) }),
        printed: () => '',
      };
    }
  }
}
