import type { HostName } from './host-names.js';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Headers for answers of the API and for errors of the page. Browsers must not cache these answers. */
export const API_HEADERS = {
  ...EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** A browser that opens an address of the API saves the answer and never displays it as a page. */
export const API_ANSWER_HEADERS = { ...API_HEADERS, 'content-disposition': 'attachment; filename="api.json"' } as const;

/**
 * Lets the page load only its own files. The host is named explicitly, because `'self'` excludes WebSockets in older
 * browsers.
 */
export function pageHeaders({ text }: HostName): Readonly<Record<string, string>> {
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'media-src': "'self' blob:",
    'connect-src': `'self' ws://${text} wss://${text}`,
    'worker-src': "'self'",
    'manifest-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return {
    ...EVERYWHERE,
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join('; '),
    'permissions-policy': 'microphone=(self), camera=(), geolocation=(), payment=(), usb=()',
  };
}
