import { both, ChorusError } from '../core/index.js';

/**
 * Converts anything thrown while a request was read or answered. Mistakes that Fastify and Node find in a request
 * become errors of our table.
 */
export function asAdminError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  if (statusCode === 413)
    return new ChorusError('admin.too_large', both('the request is too large', '请求太大'), { cause: thrown });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ChorusError('admin.bad_request', both('the request cannot be read', '请求无法读取'), { cause: thrown });
  return new ChorusError('internal', 'the request failed', { cause: thrown });
}
