import type { FastifyReply, FastifyRequest } from 'fastify';

type IsLocal = (request: FastifyRequest) => boolean;

/** Route options that admit only commands on this machine, which show the secret of the data folder (`X-Chorus-Local`). */
export function localOnly(isLocal: IsLocal): { onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> } {
  return {
    onRequest: async (request, reply) => (isLocal(request) ? undefined : reply.code(403).send({ error: 'only for commands on the server itself' })),
  };
}
