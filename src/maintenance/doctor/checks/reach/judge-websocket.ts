import { type Finding, found } from '../../finding.js';
import { isBuffered, streamFacts } from '../../probe/buffering.js';
import { type NetworkPlace, placeOf } from '../../probe/place.js';
import type { WebSocketOutcome } from '../../probe/websocket-outcome.js';
import { REACH } from './issues.js';
import { connectionIssue } from './judge-ota.js';
import { reachWords } from '../../words/reach.js';

/** A device waits 10 s for the hello, but the person who pressed its button waits, too. */
const HELLO_SLOW_MS = 2000;
const ECHO_SLOW_MS = 400;

export interface WebSocketCase {
  readonly otaUrl: string;
  /** WebSocket address in the OTA answer. */
  readonly url: string;
  /** True if the server bound the device, or gave it a token and no pairing code. The token must be valid. */
  readonly paired: boolean;
  readonly outcome: WebSocketOutcome | undefined;
}

/** Judges whether devices that reach the OTA address can also reach the WebSocket address. */
export function judgeAdvertised(otaUrl: string, websocketUrl: string): readonly Finding[] {
  const asked = new URL(otaUrl);
  const advertised = new URL(websocketUrl);
  const what = reachWords.names(asked.host, websocketUrl);
  const place = placeOf(advertised.hostname);
  if (advertised.hostname !== asked.hostname && isOutOfReach(placeOf(asked.hostname), place)) {
    // The name in the OTA address may belong to the local network, so this is only a warning.
    return [
      found(
        REACH.wrong_host,
        what,
        place === 'private' && placeOf(asked.hostname) === 'name' ? { severity: 'warning' } : {},
      ),
    ];
  }
  const [askedPort, toldPort] = [portOf(otaUrl), portOf(websocketUrl)];
  // On port 80 or 443 there is probably a proxy. It should also forward the WebSocket, so another port is a warning.
  const other =
    askedPort === toldPort
      ? []
      : [found(REACH.other_port, what, isWebPort(askedPort) && !isWebPort(toldPort) ? {} : { severity: 'note' })];
  return [
    ...other,
    ...(asked.protocol === 'https:' && advertised.protocol === 'ws:' ? [found(REACH.plain, what)] : []),
  ];
}

const isWebPort = (port: string): boolean => port === '80' || port === '443';

function isOutOfReach(from: NetworkPlace, to: NetworkPlace): boolean {
  if (to === 'nowhere' || to === 'container') return true;
  if (to === 'loopback') return from !== 'loopback';
  return to === 'private' && (from === 'public' || from === 'name');
}

export function judgeWebSocket({ otaUrl, url, paired, outcome }: WebSocketCase): readonly Finding[] {
  if (outcome === undefined) return [];
  if (outcome.kind === 'refused') return [refused(url, paired, outcome.status)];
  if (outcome.kind === 'no_hello') {
    const { closeCode } = outcome;
    return [
      found(REACH.no_hello, closeCode === undefined ? reachWords.nothing(url) : reachWords.closed(url, closeCode)),
    ];
  }
  if (outcome.kind === 'hello') return stream(url, outcome);
  const issue = connectionIssue(outcome.code);
  if (issue === undefined) return [];
  const what = reachWords.unreachable(url, outcome.detail, outcome.code);
  if (portOf(url) !== portOf(otaUrl) && (issue === REACH.refused || issue === REACH.timeout))
    return [found(REACH.wrong_port, what)];
  // The server has just answered the OTA request, so the upgrade to WebSocket probably caused the cut.
  return [found(issue === REACH.cut ? REACH.no_upgrade : issue, what)];
}

function refused(url: string, paired: boolean, status: number): Finding {
  const what = reachWords.refused(url, status);
  if (status === 401) return found(paired ? REACH.token_lost : REACH.unpaired, what);
  if (status === 403 || status === 407) return found(REACH.locked, what);
  if (status === 502 || status === 504) return found(REACH.gateway, what);
  if (status === 503 || status === 429) return found(REACH.refused_socket, what);
  return found(REACH.no_upgrade, what);
}

function stream(
  url: string,
  { helloMs, echoes }: Extract<WebSocketOutcome, { readonly kind: 'hello' }>,
): readonly Finding[] {
  const facts = streamFacts(echoes);
  const { lost, bunched, medianMs, worstMs } = facts;
  const percent = Math.round(bunched * 100);
  if (isBuffered(facts, echoes.length)) {
    return [found(REACH.buffered, reachWords.buffered(url, echoes.length, lost, percent, Math.round(worstMs)))];
  }
  if (helloMs > HELLO_SLOW_MS || medianMs > ECHO_SLOW_MS)
    return [found(REACH.slow, reachWords.slow(url, Math.round(helloMs), Math.round(medianMs)))];
  return [];
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port === '' ? (/^(https|wss):$/.test(protocol) ? '443' : '80') : port;
}
