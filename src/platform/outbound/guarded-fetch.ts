import { lookup } from 'node:dns';
import { send } from './node-fetch.js';
import { checkFound, checkServiceAddress, portOf, type AddressPolicy } from './service-address.js';

/** Larger than any answer of a language model that is tried out in the console. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * A `fetch` for addresses from outside: a language model entered in the console, or a radio station. Checks the IP
 * address of the actual connection, because a name may resolve differently a moment later. Rejects with
 * `admin.address_refused`, or as `fetch` does. Reading a body of more than `maxBytes` rejects with a `RangeError`.
 */
export function guardedFetch(policy: AddressPolicy, maxBytes = MAX_ANSWER_BYTES): typeof fetch {
  return async (input, init) => {
    const url = checkServiceAddress(input instanceof Request ? input.url : String(input), policy);
    const port = portOf(url);
    return send(url, init, {
      maxBytes,
      // Opens a new connection for each request. A kept one could lead to an address that was not checked.
      agent: false,
      lookup: (name, wanted, done) => {
        lookup(name, { ...wanted, all: true }, (error, found) => {
          try {
            if (error) throw error;
            checkFound(name, found, port, policy);
          } catch (refusal) {
            done(refusal as NodeJS.ErrnoException, '', 0);
            return;
          }
          const [first] = found;
          if (wanted.all === true) done(null, found);
          else done(null, first?.address ?? '', first?.family ?? 4);
        });
      },
    }).response;
  };
}
