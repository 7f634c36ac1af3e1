/** Frame durations in ms. The configuration in the packet's first byte selects one (RFC 6716 section 3.1, table 2). */
const SILK_MS = [10, 20, 40, 60] as const;
const HYBRID_MS = [10, 20] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;
/** Maximum duration of a packet (section 3.4, requirement 5). Decoders refuse longer packets. */
const MAX_MS = 120;

/** Returns the playing time of a packet, or undefined if the header is invalid. */
export function opusDurationMs(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const frameMs =
    configuration < 12
      ? SILK_MS[configuration & 3]
      : configuration < 16
        ? HYBRID_MS[configuration & 1]
        : CELT_MS[configuration & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  if (frameMs === undefined || frames === 0) return undefined;
  return frameMs * frames > MAX_MS ? undefined : frameMs * frames;
}
