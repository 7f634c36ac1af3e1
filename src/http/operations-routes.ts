import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOwnName, parseHost } from '../admin/index.js';
import { headerText, type Peer, sameSecret } from '../platform/inbound/index.js';

/** Whether the server can answer turns, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface OperationsOptions {
  readonly readiness: () => Readiness;
  /** Undefined if there is no `/metrics` (`metrics.enabled`). */
  readonly exposition: (() => Promise<{ readonly contentType: string; readonly body: string }>) | undefined;
  /** `metrics.token`. */
  readonly metricsToken?: string | undefined;
  /** Host names from `admin.hosts` and `server.public_url`. Names that no foreign page can have are always accepted. */
  readonly hostNames?: (() => readonly string[]) | undefined;
}

interface OperationsHost {
  readonly app: FastifyInstance;
  readonly draining: boolean;
  peerOf(request: FastifyRequest): Peer;
}

/**
 * `/healthz` answers while the process runs. `/readyz` tells whether turns can be answered. Only this network and
 * clients with the token see details and `/metrics`.
 */
export function registerOperationsRoutes(host: OperationsHost, options: OperationsOptions): void {
  const { app } = host;
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', (request, reply) => {
    const { ready, details } = options.readiness();
    const { draining } = host;
    const all = ready && !draining;
    return reply
      .code(all ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        ready: all,
        ...(draining && { draining }),
        ...(details !== undefined && maySee(host, request, options) && { details }),
      });
  });
  const { exposition } = options;
  if (exposition === undefined) return;
  app.get('/metrics', async (request, reply): Promise<FastifyReply> => {
    if (!maySee(host, request, options))
      return reply.code(403).send({
        error:
          'only for addresses of this network that ask by an address or a name of admin.hosts, ' +
          'or with metrics.token as bearer token',
      });
    const { contentType, body } = await exposition();
    return reply.header('content-type', contentType).send(body);
  });
}

function maySee(
  host: OperationsHost,
  request: FastifyRequest,
  { metricsToken, hostNames }: OperationsOptions,
): boolean {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (metricsToken !== undefined && metricsToken !== '' && token !== undefined && sameSecret(token, metricsToken))
    return true;
  const peer = host.peerOf(request);
  // A foreign page in a browser of this network can point its own name to this server (DNS rebinding).
  const forwardedHost = peer.viaTrustedProxy ? headerText(request.headers['x-forwarded-host']) : undefined;
  const asked = parseHost(forwardedHost ?? request.headers.host);
  if (!asked || !isOwnName(asked, hostNames?.() ?? [])) return false;
  // A request that an untrusted proxy forwarded may come from anywhere.
  return peer.kind !== 'public' && peer.kind !== 'gateway' && (!peer.forwarded || peer.viaTrustedProxy);
}
