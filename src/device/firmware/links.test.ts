import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { FirmwareLinks, LINK_LIFETIME_MS } from './links.js';

const SECRET = 'ab'.repeat(32);
const DEVICE = 'a0:85:e3:f4:49:34';

describe('addresses of downloads', () => {
  const open = (links: FirmwareLinks, link: string, releaseId = link.split('/', 1)[0] ?? ''): string | undefined =>
    links.open(releaseId, link.split('/')[1] ?? '');

  it('are valid for one device, one release and one hour', async () => {
    const clock = new FakeClock();
    const links = new FirmwareLinks(SECRET, clock);
    const link = links.issue('0a1b2c3d', DEVICE);
    // The link contains no colon, because the firmware would read a port after it.
    expect(link).toMatch(/^0a1b2c3d\/a085e3f44934-[0-9a-z]+-[\w-]{43}\.bin$/);
    expect(open(links, link)).toBe(DEVICE);
    expect(open(links, link, '0a1b2c3e')).toBeUndefined();
    expect(open(links, link.replace('a085', 'a086'))).toBeUndefined();
    expect(open(new FirmwareLinks('cd'.repeat(32), clock), link)).toBeUndefined();
    await clock.advance(LINK_LIFETIME_MS - 1000);
    expect(open(links, link)).toBe(DEVICE);
    await clock.advance(1001);
    expect(open(links, link)).toBeUndefined();
  });

  it('are invalid if any part was changed', () => {
    const links = new FirmwareLinks(SECRET, new FakeClock());
    const link = links.issue('0a1b2c3d', DEVICE);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: link.length - 1 }),
        fc.stringMatching(/^[0-9a-zA-Z_./-]$/),
        (at, letter) => {
          const changed = link.slice(0, at) + letter + link.slice(at + 1);
          // The last character carries only four bits, so several characters have the same value.
          const same =
            Buffer.from(changed.slice(-47, -4), 'base64url').equals(Buffer.from(link.slice(-47, -4), 'base64url')) &&
            changed.slice(0, -47) === link.slice(0, -47) &&
            changed.endsWith('.bin');
          if (!same) expect(open(links, changed)).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 120 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (ticket, release) => {
          expect(links.open(release, ticket)).toBeUndefined();
        },
      ),
    );
    for (const path of ['../../etc/passwd', '..%2f..%2flocal-token', `${'0'.repeat(12)}-1-${'A'.repeat(43)}.bin/../x`])
      expect(links.open('0a1b2c3d', path)).toBeUndefined();
  });
});
