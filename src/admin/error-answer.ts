import { ChorusError, ERROR_TABLE, type ErrorCode, type UiLanguage } from '../core/index.js';

/** An error in words for a person. */
export type ErrorWords = (
  error: ChorusError,
  language: UiLanguage,
) => { readonly message: string; readonly mend: string | undefined };

/** English, from the table of errors alone. */
export const plainWords: ErrorWords = (error) => ({ message: error.message, mend: ERROR_TABLE[error.code].about });

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  'admin.not_signed_in': 401,
  'admin.wrong_password': 401,
  'admin.password_refused': 422,
  'admin.cross_site': 403,
  'admin.wrong_host': 421,
  'admin.bad_request': 400,
  'admin.not_found': 404,
  'admin.too_large': 413,
  'admin.address_refused': 422,
  'auth.rate_limited': 429,
  'firmware.invalid': 422,
  'firmware.exists': 409,
  'firmware.unknown': 404,
  'firmware.force_needs_devices': 422,
  'model.unknown': 404,
  'model.busy': 409,
  'data.disk_full': 507,
  'upkeep.running': 409,
  'upkeep.unknown_task': 404,
  'store.unreachable': 503,
  'capacity.busy': 503,
  'capacity.queue_full': 503,
  'capacity.queue_timeout': 503,
};

/** What stands behind the API does not answer, or refuses: nothing is wrong with the request. */
const BEHIND = /^(llm|tts|asr|engine)\./;
const CONFIGURATION = /^config\./;

/** HTTP status of an error. 500: a defect, or something that has to be mended on the server. */
export function statusOf({ code }: ChorusError): number {
  return STATUS[code] ?? (BEHIND.test(code) ? 502 : CONFIGURATION.test(code) ? 422 : 500);
}

/** What was thrown while a request was read or answered; what Fastify and Node find wrong with a request is told in our words. */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413) return new ChorusError('admin.too_large', 'the request is too large', { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', 'the request cannot be read', { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
