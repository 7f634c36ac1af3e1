import { issues } from '../../finding.js';
import { reachWords } from '../../words/reach.js';

/** Problems on the path from a device to the server. */
export const REACH = issues('device', reachWords.issues, {
  name: 'fault',
  refused: 'fault',
  timeout: 'fault',
  cut: 'fault',
  redirect: 'fault',
  gateway: 'fault',
  locked: 'fault',
  not_ota: 'fault',
  no_address: 'fault',
  answer: 'fault',
  wrong_host: 'fault',
  wrong_port: 'fault',
  other_port: 'warning',
  no_upgrade: { severity: 'fault', remedy: reachWords.proxy },
  token_lost: 'fault',
  refused_socket: 'fault',
  no_hello: { severity: 'fault', remedy: reachWords.proxy },
  buffered: { severity: 'fault', remedy: reachWords.proxy },
  slow: 'warning',
  unpaired: 'note',
  pictures: 'warning',
  plain: 'note',
  tls_expired: 'fault',
  tls_soon: 'warning',
  tls_self_signed: 'fault',
  tls_incomplete: 'fault',
  tls_private: 'fault',
  tls_name: 'fault',
});
