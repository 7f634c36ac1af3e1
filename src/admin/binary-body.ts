import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ChorusError, type Bilingual } from '../core/index.js';
import { gateWords } from './words/gate.js';

const OCTETS = 'application/octet-stream';

/** Passes bodies of {@link OCTETS} on as a stream. Each handler limits the size itself. */
export function acceptBinaryBodies(app: FastifyInstance): void {
  if (!app.hasContentTypeParser(OCTETS))
    app.addContentTypeParser(OCTETS, (_request, payload, done) => done(null, payload));
}

/**
 * Returns the body as a stream. `admit` is called at the end of the body, because the sender may have signed out by
 * then. `what` names the expected body in an error message. Error: `admin.bad_request` if the content type is not
 * {@link OCTETS}.
 */
export function binaryBody(
  request: FastifyRequest,
  what: Bilingual,
  admit: (request: FastifyRequest) => unknown,
): AsyncIterable<Uint8Array> {
  const { body } = request;
  if (!(body instanceof Readable))
    throw new ChorusError('admin.bad_request', gateWords.wrongBody(what, OCTETS), {
      details: { what: 'content-type' },
    });
  return whole(body, () => admit(request));
}

/** Throws `tooLarge()` if the body has more than `mostBytes`. */
export async function collected(
  bytes: AsyncIterable<Uint8Array>,
  mostBytes: number,
  tooLarge: () => ChorusError,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.byteLength;
    if (size > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function* whole(body: AsyncIterable<Uint8Array>, admit: () => unknown): AsyncIterable<Uint8Array> {
  yield* body;
  admit();
}
