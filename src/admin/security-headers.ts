import type { HostName } from './host-names.js';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Headers for answers other than the page. Only the page and programs read these answers, and browsers must not cache
 * them.
 */
export const API_HEADERS = {
  ...EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** If a browser opens an address of the API, it saves the answer as a file and never displays it as a page. */
export const API_ANSWER_HEADERS = { ...API_HEADERS, 'content-disposition': 'attachment; filename="api.json"' } as const;

/**
 * Headers for the page. It may load only its own files; inline scripts and styles, foreign content and framing are
 * forbidden. The request's host is named explicitly, because in older browsers 'self' does not include a WebSocket of
 * the same host.
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
