import { z } from 'zod';
import { ChorusError, languageTag } from '../../core/index.js';
import type { AdminApi, Routes } from '../api.js';
import type { BrowserDevices } from '../browser-devices.js';
import type { AdminGate } from '../gate.js';
import { resourceWords } from '../words/resources.js';

/** With these values the browser may talk as a device until it signs out. */
export const browserDeviceAnswer = z.object({
  deviceId: z.string(),
  clientId: z.string(),
  token: z.string(),
  websocketUrl: z.string().meta({
    description:
      'On the server that the page came from. A browser cannot set headers: ' +
      'device-id, client-id and authorization go into the query.',
  }),
});
export type BrowserDevice = z.output<typeof browserDeviceAnswer>;

export const browserRoutes = {
  browserDevice: {
    method: 'POST',
    path: '/browser-device',
    summary: 'Makes this signed-in browser a device that may talk until it signs out.',
    answer: browserDeviceAnswer,
  },
} as const satisfies Routes;

/** Browsers often name no country, but voices and time zones depend on the country. */
const COUNTRY: Readonly<Record<string, string>> = { zh: 'zh-CN', en: 'en-US' };

/** `defaultLanguage` is used if the browser names no language. */
export function registerBrowserRoute(
  api: AdminApi,
  {
    gate,
    browsers,
    defaultLanguage,
  }: { readonly gate: AdminGate; readonly browsers: BrowserDevices; readonly defaultLanguage: string },
): void {
  api.on(browserRoutes.browserDevice, async ({ principal, request, host }) => {
    if (principal?.kind !== 'browser')
      throw new ChorusError('admin.bad_request', resourceWords.onlySignedIn, {
        details: { what: 'browser' },
      });
    const asked = languageTag(request.headers['accept-language']) ?? defaultLanguage;
    const identity = await browsers.open(principal.session.id, COUNTRY[asked.toLowerCase()] ?? asked);
    return { ...identity, websocketUrl: `${gate.isSecure(request, host) ? 'wss' : 'ws'}://${host.text}/xiaozhi/v1/` };
  });
}
