import { ChorusError } from '../core/index.js';
import { gateWords } from './words/gate.js';

/** Turns request errors of Fastify and Node into errors of the error table. */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413) return new ChorusError('admin.too_large', gateWords.tooLarge, { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', gateWords.unreadable, { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
