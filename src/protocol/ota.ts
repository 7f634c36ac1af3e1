import { z } from 'zod';

/** What Chorus keeps of the OTA body (protocol.md 1.1). The body may be anything; every member is optional. */
const otaBody = z.object({
  language: z.string().max(35).optional().catch(undefined),
  mac_address: z.string().max(64).optional().catch(undefined),
  uuid: z.string().max(128).optional().catch(undefined),
  application: z.object({ version: z.string().max(64).optional().catch(undefined) }).optional().catch(undefined),
  board: z.object({ name: z.string().max(128).optional().catch(undefined) }).optional().catch(undefined),
});
export type OtaBody = z.infer<typeof otaBody>;

/** Never throws: a body that is not JSON (an SSID with a quotation mark makes it so) is an empty one. */
export function parseOtaBody(text: string): OtaBody {
  try {
    return otaBody.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** `<board>/<version>` of the User-Agent header. */
export function parseUserAgent(value: string | undefined): { board?: string; version?: string } {
  const match = /^([^/\s]{1,128})\/(\d+(?:\.\d+)*)/.exec(value ?? '');
  return match ? { board: match[1] as string, version: match[2] as string } : {};
}

/** Versions that the firmware can parse; anything else (a part too large for `std::stoi` too) sends it into a boot loop (protocol.md 1.2). */
export function isFirmwareVersion(version: string): boolean {
  return version === '' || /^\d{1,9}(\.\d{1,9}){0,7}$/.test(version);
}

export interface OtaAnswer {
  readonly wallMs: number;
  readonly timezoneOffsetMinutes: number;
  /** The device's own version, so that it finds nothing to install. */
  readonly firmwareVersion: string;
  /** Undefined until the device is bound. */
  readonly websocket: { readonly url: string; readonly token: string } | undefined;
  readonly activation: { readonly code: string; readonly message: string; readonly challenge: string } | undefined;
}

/** The answer's JSON. There is never an `mqtt` member, because even an empty one selects MQTT (checklist 4). */
export function encodeOtaAnswer(answer: OtaAnswer): string {
  return JSON.stringify({
    server_time: { timestamp: Math.round(answer.wallMs), timezone_offset: Math.round(answer.timezoneOffsetMinutes) },
    firmware: { version: isFirmwareVersion(answer.firmwareVersion) ? answer.firmwareVersion : '', url: '', force: 0 },
    ...(answer.websocket && { websocket: { url: answer.websocket.url, token: answer.websocket.token, version: 1 } }),
    ...(answer.activation && { activation: { ...answer.activation, timeout_ms: 30_000 } }),
  });
}
