import { ChorusError } from '../core/index.js';
import { readLocalToken } from '../server/index.js';
import { localServer } from './local-server.js';

/** The running server of a data folder, spoken to with the secret of the folder. */
export interface LocalApi {
  readonly origin: string;
  readonly otaUrl: string;
  readonly token: string;
  /** The answer, whatever its status. Error: `device.unreachable`. */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, options?: { readonly body?: unknown; readonly signal?: AbortSignal }): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Undefined: no server runs on the folder, or this user may not read its secret. */
export async function findLocalApi(dataDir: string): Promise<LocalApi | undefined> {
  const { origin, otaUrl, found } = await localServer(dataDir);
  const token = await readLocalToken(dataDir);
  if (!found || token === undefined) return undefined;
  return {
    origin,
    otaUrl,
    token,
    async ask(method, path, { body, signal } = {}) {
      try {
        const response = await fetch(`${origin}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          ...(signal && { signal }),
        });
        return { status: response.status, body: await response.json().catch(() => undefined) };
      } catch (error) {
        signal?.throwIfAborted();
        throw new ChorusError('device.unreachable', `no server answers at ${origin}`, { cause: error, details: { url: origin } });
      }
    },
  };
}
