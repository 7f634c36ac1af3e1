/** Removes the brackets of IPv6. Throws a TypeError for an invalid address. */
export function hostOf(url: URL | string): string {
  const { hostname } = typeof url === 'string' ? new URL(url) : url;
  return hostname.replace(/^\[|\]$/g, '');
}

/** True if an address leads to this machine. Only the host name counts. */
export function isLoopback(url: string): boolean {
  try {
    const host = hostOf(url);
    return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
  } catch {
    return false;
  }
}
