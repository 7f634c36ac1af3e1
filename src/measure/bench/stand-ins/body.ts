import type { IncomingMessage } from 'node:http';

/** Longer requests are refused. Ten turns of history with tools take about 20 kB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Resolves with undefined if the body is no JSON object, or is too long. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // Not JSON, or incomplete. The caller answers 400 if the client is still connected.
  }
}
