import { ERROR_TABLE, type ChorusError, type ErrorCode } from '../core/index.js';
import { readLocalToken } from '../server/index.js';
import type { CliContext, ConfigFlags } from './context.js';
import { told } from './failure.js';
import { loadForCommand } from './load.js';
import { localServer } from './local-server.js';
import { deviceWords } from './messages/devices.js';

export type AdminMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The admin API of the running server of a data folder, for commands that can do nothing without it. */
export interface AdminClient {
  /**
   * What it answers, undefined for nothing; `body`: JSON, or bytes as they are. Errors: what it refuses with, in the language of the command
   * line; `device.unreachable`.
   */
  call(method: AdminMethod, path: string, body?: unknown): Promise<unknown>;
}

/** Error: `device.unreachable` when no server has run on the folder, or this user may not read its secret. */
export async function adminClient(flags: ConfigFlags, context: CliContext): Promise<AdminClient> {
  const { config } = await loadForCommand(flags, context);
  const { origin } = await localServer(flags.data, config.server.port);
  const token = await readLocalToken(flags.data);
  const unreachable = (cause?: unknown): ChorusError => told('device.unreachable', deviceWords[context.language].noServer(origin), cause);
  if (token === undefined) throw unreachable();
  return {
    async call(method, path, body) {
      const bytes = body instanceof Uint8Array;
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'accept-language': context.language,
          ...(body !== undefined && { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
        },
        ...(body !== undefined && { body: bytes ? body : JSON.stringify(body) }),
        signal: context.interrupted,
      }).catch((error: unknown) => {
        throw unreachable(error);
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw refusal(answer, response.status, context);
      return answer;
    },
  };
}

/** What the server refused with, as if it had been thrown here. */
function refusal(answer: unknown, status: number, { language }: CliContext): ChorusError {
  const error = (answer as { readonly error?: { readonly code?: unknown; readonly message?: unknown } } | undefined)?.error;
  if (typeof error?.code === 'string' && isErrorCode(error.code) && typeof error.message === 'string') return told(error.code, error.message);
  return told('device.refused', deviceWords[language].refused(status));
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}
