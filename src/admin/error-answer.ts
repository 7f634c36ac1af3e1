import { ChorusError } from '../core/index.js';
import { gateWords } from './words/gate.js';

/**
 * Converts any value thrown while a request was read or answered. Request errors of Fastify and Node become errors of
 * the error table.
 */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413) return new ChorusError('admin.too_large', gateWords.tooLarge, { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', gateWords.unreadable, { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
