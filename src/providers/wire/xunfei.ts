import type { ServiceTime } from './service-time.js';
import { hmacBase64 } from './signatures.js';
import type { SocketAddress } from './socket.js';

export interface XunfeiAccount {
  readonly app_id: string;
  readonly api_secret?: string | undefined;
}

/** Adds iFlytek's signature of host, date and request line. The signature is valid for five minutes. */
export function xunfeiAddress(
  address: string,
  { api_secret: secret = '' }: XunfeiAccount,
  key: string | undefined,
  time: ServiceTime,
): SocketAddress {
  const url = new URL(address);
  const date = new Date(time.wallMs()).toUTCString();
  const signed = `host: ${url.host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`;
  const signature = hmacBase64('sha256', secret, signed);
  const authorization = [
    `api_key="${key ?? ''}"`,
    'algorithm="hmac-sha256"',
    'headers="host date request-line"',
    `signature="${signature}"`,
  ].join(', ');
  url.searchParams.set('authorization', Buffer.from(authorization).toString('base64'));
  url.searchParams.set('date', date);
  url.searchParams.set('host', url.host);
  return { url: url.href };
}
