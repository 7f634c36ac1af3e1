/** The port that an http address names, for a sentence that shows it again; empty when there is no address. */
export function portOf(url: string): string {
  if (!URL.canParse(url)) return '';
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
