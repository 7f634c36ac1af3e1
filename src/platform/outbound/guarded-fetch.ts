import { lookup } from 'node:dns';
import { send } from './node-fetch.js';
import { checkFound, checkServiceAddress, portOf, type AddressPolicy } from './service-address.js';

/** More than any answer to a short question. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * `fetch` for an address that somebody typed into the page: connects only where the policy allows, judged by the address that the connection really
 * goes to (a name may be given another one between two questions), follows no redirect, and reads a bounded answer: of a longer one the body fails with a
 * `RangeError`. Rejects with `admin.address_refused`, or as `fetch` does.
 */
export function guardedFetch(policy: AddressPolicy): typeof fetch {
  return async (input, init) => {
    const url = checkServiceAddress(input instanceof Request ? input.url : String(input), policy);
    const port = portOf(url);
    return send(url, init, {
      maxBytes: MAX_ANSWER_BYTES,
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
    }).response;
  };
}
