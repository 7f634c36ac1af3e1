/** The host of an address, without the brackets of IPv6. Throws a TypeError for an invalid address. */
export function hostOf(url: URL | string): string {
  const { hostname } = typeof url === 'string' ? new URL(url) : url;
  return hostname.replace(/^\[|\]$/g, '');
}

/** Whether an address leads to this machine. Looks only at the host name. */
export function isLoopback(url: string): boolean {
  try {
    const host = hostOf(url);
    return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
  } catch {
    return false;
  }
}
