import { ChorusError } from '../../core/index.js';
import { languageTag } from '../../device/ota/words.js';
import type { AdminApi } from '../api.js';
import type { BrowserDevices } from '../browser-devices.js';
import { ADMIN_API } from '../contract.js';
import type { AdminGate } from '../gate.js';

/** Full tags for those that browsers shorten: voices and time zones go by the country too. */
const COUNTRY: Readonly<Record<string, string>> = { zh: 'zh-CN', en: 'en-US' };

/** `defaultLanguage`: of a browser that names none. */
export function registerBrowserRoute(
  api: AdminApi,
  {
    gate,
    browsers,
    defaultLanguage,
  }: { readonly gate: AdminGate; readonly browsers: BrowserDevices; readonly defaultLanguage: string },
): void {
  api.on(ADMIN_API.browserDevice, async ({ principal, request, host }) => {
    if (principal?.kind !== 'browser')
      throw new ChorusError('admin.bad_request', 'only a browser that is signed in becomes a device', {
        details: { what: 'browser' },
      });
    const asked = languageTag(request.headers['accept-language']) ?? defaultLanguage;
    const identity = await browsers.open(principal.session.id, COUNTRY[asked.toLowerCase()] ?? asked);
    return { ...identity, websocketUrl: `${gate.isSecure(request, host) ? 'wss' : 'ws'}://${host.text}/xiaozhi/v1/` };
  });
}
