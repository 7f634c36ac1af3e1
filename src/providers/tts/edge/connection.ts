import type { WebSocket } from 'ws';
import type { ServiceTime } from '../../wire/service-time.js';
import { connectSocket, hexId } from '../../wire/socket.js';
import { secMsGec } from './token.js';
import { edgeWords } from './words.js';

/** The fixed token of the browser's read-aloud feature. It is public and the same for all users. */
const CLIENT_TOKEN = '6A5AA1D4EAFF4E9FB37E23D68491D6F4';
/** The origin of the read-aloud feature, a built-in browser extension. The service checks the origin. */
const ORIGIN = 'chrome-extension://jdiccldimpdaibmpdkjnbmckianbfold';
/** A message contains a second of audio or less, about 6 kB. */
const MAX_MESSAGE_BYTES = 256 * 1024;

export interface EdgeConnectOptions {
  /** `wss://host/path`, without parameters. */
  readonly url: string;
  /** Full browser version that the client claims, e.g. `143.0.3650.75`. The service refuses old versions with 403. */
  readonly version: string;
  readonly time: ServiceTime;
}

/**
 * Tries once more with the right time if the `Date` of a refusal shows that our clock is wrong. Errors:
 * `tts.unreachable`, `tts.rejected`, `tts.rate_limited`, `tts.failed`, or the signal's reason.
 */
export function connectEdge(options: EdgeConnectOptions, signal: AbortSignal): Promise<WebSocket> {
  return connectSocket(
    {
      kind: 'tts',
      address: () => ({ url: address(options), headers: headers(options.version) }),
      maxMessageBytes: MAX_MESSAGE_BYTES,
      time: options.time,
      hint: edgeWords.oldVersion,
    },
    signal,
  );
}

function address(options: EdgeConnectOptions): string {
  const url = new URL(options.url);
  url.searchParams.set('TrustedClientToken', CLIENT_TOKEN);
  url.searchParams.set('Sec-MS-GEC', secMsGec(options.time.wallMs(), CLIENT_TOKEN));
  url.searchParams.set('Sec-MS-GEC-Version', `1-${options.version}`);
  url.searchParams.set('ConnectionId', hexId());
  return url.href;
}

function headers(version: string): Readonly<Record<string, string>> {
  const major = version.split('.')[0] ?? version;
  return {
    Origin: ORIGIN,
    Pragma: 'no-cache',
    'Cache-Control': 'no-cache',
    'Accept-Language': 'en-US,en;q=0.9',
    'User-Agent':
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
      `Chrome/${major}.0.0.0 Safari/537.36 Edg/${major}.0.0.0`,
    Cookie: `muid=${hexId().toUpperCase()};`,
  };
}
