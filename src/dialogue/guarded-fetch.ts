import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { ChorusError } from '../core/index.js';
import { checkFound, checkServiceAddress, hostOf, portOf, type AddressPolicy } from './service-address.js';

/** More than any answer to a short question. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * `fetch` for an address that somebody typed into the page: connects only where the policy allows, judged by the address that the connection really
 * goes to (a name may be given another one between two questions), follows no redirect, and reads a bounded answer. Rejects with
 * `admin.address_refused`, or as `fetch` does.
 */
export function guardedFetch(policy: AddressPolicy): typeof fetch {
  return (input, init) => new Promise((resolve, reject) => {
    const url = checkServiceAddress(input instanceof Request ? input.url : String(input), policy);
    const port = portOf(url);
    const options: RequestOptions = {
      method: init?.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init?.headers)),
      // A connection of its own: one that is kept could have been made under another name.
      agent: false,
      lookup: (name, wanted, done) => {
        lookup(name, { ...wanted, all: true }, (error, found) => {
          try {
            if (error) throw error;
            checkFound(name, found, port, policy);
          } catch (bad) {
            done(bad as NodeJS.ErrnoException, '', 0);
            return;
          }
          const [first] = found;
          if (wanted.all === true) done(null, found);
          else done(null, first?.address ?? '', first?.family ?? 4);
        });
      },
      ...(init?.signal && { signal: init.signal }),
      ...(url.protocol === 'https:' && isIP(hostOf(url)) === 0 && { servername: hostOf(url) }),
    };
    const asked = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      try {
        resolve(asResponse(response));
      } catch (error) {
        response.destroy();
        reject(error);
      }
    });
    asked.once('error', reject);
    asked.end(init?.body ?? undefined);
  });
}

function asResponse(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  if (status >= 300 && status < 400) throw new ChorusError('llm.failed', 'the address leads elsewhere (a redirect), and redirects are not followed');
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) if (value !== undefined) headers.set(name, [value].flat().join(', '));
  return new Response(status === 204 || status === 205 ? null : bounded(message), { status, headers });
}

function bounded(message: IncomingMessage): ReadableStream<Uint8Array> {
  let bytes = 0;
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) {
        controller.close();
        return;
      }
      bytes += value.byteLength;
      if (bytes > MAX_ANSWER_BYTES) {
        message.destroy();
        throw new ChorusError('llm.failed', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
      }
      controller.enqueue(new Uint8Array(value));
    },
    cancel() {
      message.destroy();
    },
  });
}
