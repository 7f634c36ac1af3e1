import { primarySubtag, type LanguageTag } from '../../core/index.js';

const CHINA = 'Asia/Shanghai';

const MACHINE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Without a configured zone, a device that speaks mainland Chinese has `Asia/Shanghai`, others the machine's zone. */
export function zoneFor(language: LanguageTag, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  return primarySubtag(language) === 'zh' && /^zh([-_](hans|cn)\b.*)?$/i.test(language.trim()) ? CHINA : MACHINE;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes east of UTC. 0 if the zone does not exist. */
export function offsetMinutes(zone: string, wallMs: number): number {
  const format = formatOf(zone);
  const name = format?.formatToParts(wallMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    return format;
  } catch {
    // Node throws a RangeError for an unknown zone.
    return undefined;
  }
}
