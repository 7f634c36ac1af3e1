/** This machine, this network, or a name that only a local network resolves. */
export function isLocalAddress(url: string): boolean {
  let host: string;
  try {
    host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return false;
  }
  if (host.includes(':')) return host === '::1' || /^f[cd]|^fe[89ab]/i.test(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host))
    return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host);
  return !host.includes('.') || /\.(?:local|lan|internal|home)$/i.test(host);
}
