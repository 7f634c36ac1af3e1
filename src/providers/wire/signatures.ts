import { createHmac } from 'node:crypto';

export const hmacBase64 = (algorithm: 'sha1' | 'sha256', secret: string, text: string): string =>
  createHmac(algorithm, secret).update(text, 'utf8').digest('base64');

/** Encodes more characters than `encodeURIComponent`, as RFC 3986 requires. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export const sortedQuery = (values: Readonly<Record<string, string>>): string =>
  Object.keys(values)
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(values[name] ?? '')}`)
    .join('&');
