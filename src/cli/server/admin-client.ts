import { isErrorCode, translatedError, type ChorusError } from '../../core/index.js';
import { readLocalToken } from '../../http/index.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { loadForCommand } from '../configuration/load.js';
import { localServer, type LocalServer } from './local-server.js';
import { devicesWords } from '../words/devices.js';

type AdminMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The admin API of the server that uses a data folder. Requests carry the folder's secret. */
export interface AdminClient {
  readonly otaUrl: string;
  readonly token: string;
  /**
   * Resolves with JSON, with bytes for audio, or with undefined for an empty answer. If `signal` is null, Ctrl+C does
   * not abort the request. Errors: the server's refusal, `device.unreachable`, the signal's reason.
   */
  call(method: AdminMethod, path: string, body?: unknown, signal?: AbortSignal | null): Promise<unknown>;
}

/**
 * For a command that needs a running server. Error: `device.unreachable` if no server has ever used the folder. The
 * error is the same if this user may not read the folder's secret.
 */
export async function adminClient(flags: ConfigFlags, context: CliContext): Promise<AdminClient> {
  const { config } = await loadForCommand(flags, context);
  const server = await localServer(flags.data, config.server.port);
  const token = await readLocalToken(flags.data);
  if (token === undefined) throw unreachable(server, context);
  return clientOf(server, token, context);
}

/**
 * For a command that also works without a server. Returns undefined if no server uses the folder, or if this user may
 * not read the folder's secret.
 */
export async function findAdminClient(dataDir: string, context: CliContext): Promise<AdminClient | undefined> {
  const server = await localServer(dataDir);
  const token = await readLocalToken(dataDir);
  return server.found && token !== undefined ? clientOf(server, token, context) : undefined;
}

function clientOf(server: LocalServer, token: string, context: CliContext): AdminClient {
  const { origin, otaUrl } = server;
  return {
    otaUrl,
    token,
    async call(method, path, body, signal = context.interrupted) {
      const bytes = body instanceof Uint8Array;
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'accept-language': context.language,
          ...(body !== undefined && { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
        },
        ...(body !== undefined && { body: bytes ? body : JSON.stringify(body) }),
        signal,
      }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw unreachable(server, context, error);
      });
      if (response.ok && response.headers.get('content-type')?.startsWith('audio/') === true)
        return new Uint8Array(await response.arrayBuffer());
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok && !isOwnAnswer(answer, response.status)) throw refusal(answer, response.status, context);
      return answer;
    },
  };
}

function unreachable({ origin }: LocalServer, { language }: CliContext, cause?: unknown): ChorusError {
  return translatedError('device.unreachable', devicesWords[language].noServer(origin), cause);
}

/** A refused configuration has status 422 and gives the reasons in its own form, without `error`. */
function isOwnAnswer(answer: unknown, status: number): boolean {
  return status === 422 && typeof answer === 'object' && answer !== null && !('error' in answer);
}

function refusal(answer: unknown, status: number, { language }: CliContext): ChorusError {
  const error = (answer as { readonly error?: Readonly<Record<string, unknown>> } | undefined)?.error;
  const { code, message, remedy } = error ?? {};
  if (typeof code === 'string' && isErrorCode(code) && typeof message === 'string')
    return translatedError(code, message, undefined, typeof remedy === 'string' ? remedy : undefined);
  return translatedError('device.refused', devicesWords[language].refused(status));
}
