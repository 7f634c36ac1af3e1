import { ChorusError } from '../core/index.js';
import { gateWords } from './words/gate.js';

/**
 * Converts anything thrown while a request was read or answered. Mistakes that Fastify and Node find in a request
 * become errors of our table.
 */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413) return new ChorusError('admin.too_large', gateWords.tooLarge, { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', gateWords.unreadable, { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
