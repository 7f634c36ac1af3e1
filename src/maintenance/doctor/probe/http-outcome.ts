import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type Clock, withTimeout } from '../../../core/index.js';

/** Redirects are not followed. */
export type HttpOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly location: string | undefined;
      readonly contentType: string;
      readonly body: string;
      readonly ms: number;
    }
  /** `code` comes from the operating system, TLS or Node, or is `TIMEOUT` or `unknown`. */
  | { readonly kind: 'error'; readonly code: string; readonly detail: string; readonly ms: number };

export interface HttpQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** PEM of the authorities that replace the well-known ones. */
  readonly authorities: string | undefined;
}

/** A longer body is cut off. It is no OTA answer, because the firmware reads only 8 kB of one. */
const BODY_MAX_BYTES = 65_536;

/** Uses a new connection. Rejects only with the signal's reason. */
export async function post(
  { url, headers, body, timeoutMs, authorities }: HttpQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<HttpOutcome> {
  const fromMs = clock.nowMs();
  const timedOut = (): Error => Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'TIMEOUT' });
  try {
    return await withTimeout(clock, timeoutMs, signal, timedOut, async (inner) => {
      const response = await send(
        url,
        { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        body,
        authorities,
        inner,
      );
      const text = await read(response);
      const { statusCode = 0, headers: got } = response;
      return {
        kind: 'answer',
        status: statusCode,
        location: got.location,
        contentType: got['content-type'] ?? '',
        body: text,
        ms: clock.nowMs() - fromMs,
      };
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return { kind: 'error', code: code ?? 'unknown', detail: message, ms: clock.nowMs() - fromMs };
  }
}

function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  authorities: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, agent: false, signal };
    const request = url.startsWith('https:')
      ? tlsRequest(url, { ...options, ...(authorities !== undefined && { ca: authorities }) }, resolve)
      : plainRequest(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_MAX_BYTES) break;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
