export interface Listed {
  /** An address or a path, which may be relative to the playlist. */
  readonly place: string;
  readonly title: string | undefined;
}

const MAX_LISTED = 10_000;
const MAX_TITLE_CHARS = 100;

/** Reads M3U or PLS. Returns at most 10,000 entries. */
export function readPlaylist(text: string): readonly Listed[] {
  const lines = text.split(/\r?\n/, 2 * MAX_LISTED).map((line) => line.replace(/^\uFEFF/, '').trim());
  const isPls = /^\[playlist\]$/i.test(lines.find((line) => line !== '') ?? '');
  return (isPls ? entriesOfPls(lines) : entriesOfM3u(lines)).slice(0, MAX_LISTED);
}

function entriesOfM3u(lines: readonly string[]): readonly Listed[] {
  const listed: Listed[] = [];
  let title: string | undefined;
  for (const line of lines) {
    // For example `#EXTINF:-1 group="News",Radio One`. The number is the length in seconds.
    const named = /^#EXTINF:(?:"[^"]*"|[^,"])*,(.*)$/i.exec(line);
    if (named) title = titleOf(named[1]);
    if (line === '' || line.startsWith('#')) continue;
    listed.push({ place: line, title });
    title = undefined;
  }
  return listed;
}

function entriesOfPls(lines: readonly string[]): readonly Listed[] {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, key, number, value] = /^(File|Title)(\d{1,5})=(.*)$/i.exec(line) ?? [];
    if (key !== undefined && number !== undefined && value)
      values.set(`${key.toLowerCase()} ${Number(number)}`, value.trim());
  }
  return [...values]
    .filter(([key]) => key.startsWith('file '))
    .map(([key, place]) => ({ place, title: titleOf(values.get(key.replace('file', 'title'))) }));
}

function titleOf(text = ''): string | undefined {
  const title = text.trim().slice(0, MAX_TITLE_CHARS);
  return title === '' ? undefined : title;
}

/**
 * Returns undefined if this is no HTTP or HTTPS address. An address with a user or password is left out too, because
 * `fetch` refuses it.
 */
export function soundAddress(place: string, base?: URL): URL | undefined {
  if (base === undefined && !/^https?:/i.test(place)) return undefined;
  const url = URL.canParse(place, base?.href) ? new URL(place, base) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

export function isPlaylist({ pathname }: URL, contentType: string): boolean {
  if (/mpegurl|scpls|pls\+xml/i.test(contentType)) return true;
  return !/^(?:audio|video)\//i.test(contentType) && /\.(?:m3u8?|pls)$/i.test(pathname);
}
