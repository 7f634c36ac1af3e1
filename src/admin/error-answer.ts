import { ChorusError } from '../core/index.js';

/** What was thrown while a request was read or answered; mistakes that Fastify and Node find in a request become errors of our table. */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413) return new ChorusError('admin.too_large', 'the request is too large', { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', 'the request cannot be read', { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
