import type { HostName } from './host-names.js';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Headers for answers other than pages. Only the admin page and programs read such answers, and no browser caches them.
 */
export const API_HEADERS = {
  ...EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** A browser that opens an address of the API saves a file and never shows the content as a page. */
export const API_ANSWER_HEADERS = { ...API_HEADERS, 'content-disposition': 'attachment; filename="api.json"' } as const;

/**
 * Headers for the page. The page may load only its own files. Inline scripts and styles, foreign content and framing
 * are forbidden. The headers name the request's host, because older browsers do not count a WebSocket of the same host
 * as 'self'.
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
