import type { Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { placeOf } from '../probe/place.js';
import { addressWords } from '../words/address.js';

const KNOWN = issues('address', addressWords.issues, { loopback: 'fault', container: 'warning', only_here: 'note' });

export function judgeAddress({
  host,
  public_url: publicUrl,
}: Pick<Config['server'], 'host' | 'public_url'>): readonly Finding[] {
  const place = publicUrl === undefined ? undefined : placeOf(new URL(publicUrl).hostname);
  const findings: Finding[] = [];
  if (place === 'loopback' || place === 'nowhere')
    findings.push(found(KNOWN.loopback, addressWords.publicUrl(publicUrl)));
  if (place === 'container') findings.push(found(KNOWN.container, addressWords.publicUrl(publicUrl)));
  if (publicUrl === undefined && placeOf(host) === 'loopback')
    findings.push(found(KNOWN.only_here, addressWords.host(host)));
  return orOk(findings, 'address', publicUrl ?? addressWords.asked);
}

export const addressCheck: Check = {
  id: 'address',
  about: addressWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: ({ config }) => Promise.resolve(judgeAddress(config.server)),
};
