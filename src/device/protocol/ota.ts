import { z } from 'zod';
import { plainName } from '../../core/index.js';
import { isFirmwareVersion } from './firmware-version.js';

const uint32 = z.int().min(0).max(0xffff_ffff);

/** The members that Chorus uses (docs/protocol.md 1.1). All are optional, because a client may send any body. */
const otaBody = z.object({
  language: z.string().max(35).optional().catch(undefined),
  mac_address: z.string().max(64).optional().catch(undefined),
  uuid: z.string().max(128).optional().catch(undefined),
  chip_model_name: z.string().max(32).optional().catch(undefined),
  application: z
    .object({
      version: z.string().max(64).optional().catch(undefined),
      elf_sha256: z
        .string()
        .regex(/^(?!0{64})[0-9a-f]{64}$/)
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  partition_table: z
    .array(z.object({ type: uint32, subtype: uint32, size: uint32 }))
    .max(24)
    .optional()
    .catch(undefined),
  board: z
    // The name is cleaned, because any client may send it, and people and language models read it.
    .object({
      name: z
        .string()
        .max(128)
        .transform((name) => plainName(name))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type OtaBody = z.infer<typeof otaBody>;

/** Never throws. A body that is not JSON counts as empty. For example, a quotation mark in an SSID breaks the JSON. */
export function parseOtaBody(text: string): OtaBody {
  try {
    return otaBody.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Parses `<board>/<version>`. */
export function parseUserAgent(value: string | undefined): {
  readonly board: string | undefined;
  readonly version: string | undefined;
} {
  const [, name, version] = /^([^/\s]{1,128})\/(\d+(?:\.\d+)*)/.exec(value ?? '') ?? [];
  return { board: plainName(name), version };
}

/** From `esp_partition_type_t` and `esp_partition_subtype_t`. */
const APP = 0;
const OTA_SLOTS = { first: 0x10, last: 0x1f };

/** Maximum size of an update in bytes, given by the smallest slot. Returns undefined if the body names no slot. */
export function updateSlotBytes({ partition_table: table }: OtaBody): number | undefined {
  const slots = (table ?? []).filter(
    ({ type, subtype, size }) => type === APP && subtype >= OTA_SLOTS.first && subtype <= OTA_SLOTS.last && size > 0,
  );
  return slots.length === 0 ? undefined : Math.min(...slots.map(({ size }) => size));
}

export interface OtaAnswer {
  readonly wallMs: number;
  readonly timezoneOffsetMinutes: number;
  /** Without an update, the answer repeats the current version, so the device installs nothing. */
  readonly firmwareVersion: string;
  /** With `force` the device installs at every boot, so `force` must be temporary (docs/protocol.md, checklist 10). */
  readonly update?: { readonly version: string; readonly url: string; readonly force: boolean } | undefined;
  /** One member per transport. Even an empty `mqtt` makes the firmware use MQTT (docs/protocol.md, checklist 4). */
  readonly transports: Readonly<Record<string, unknown>>;
  readonly activation: { readonly code: string; readonly message: string; readonly challenge: string } | undefined;
}

export function encodeOtaAnswer(answer: OtaAnswer): string {
  const { update } = answer;
  return JSON.stringify({
    server_time: { timestamp: Math.round(answer.wallMs), timezone_offset: Math.round(answer.timezoneOffsetMinutes) },
    firmware:
      update && isFirmwareVersion(update.version)
        ? { version: update.version, url: update.url, force: update.force ? 1 : 0 }
        : { version: isFirmwareVersion(answer.firmwareVersion) ? answer.firmwareVersion : '', url: '', force: 0 },
    ...answer.transports,
    ...(answer.activation && { activation: { ...answer.activation, timeout_ms: 30_000 } }),
  });
}
