import type { HelloMessage } from './messages.js';
import { isFraming, type Framing } from './frames.js';

/** Frame durations that the firmware's decoder supports (docs/protocol.md 4.2). */
export const FRAME_DURATIONS_MS = [5, 10, 20, 40, 60, 80, 100, 120] as const;

export interface DownlinkAudio {
  readonly sampleRateHz: number;
  readonly frameMs: (typeof FRAME_DURATIONS_MS)[number];
}

/** The hello wins over the `Protocol-Version` header. The default is 1 (docs/protocol.md 2.3). */
export function negotiateFraming(message: HelloMessage, headerVersion: string | undefined): Framing {
  if (isFraming(message.version)) return message.version;
  const header = Number(headerVersion);
  return isFraming(header) ? header : 1;
}

/**
 * Without `transport` the firmware crashes. Without rate and duration the firmware keeps the previous values.
 * Transports other than the WebSocket pass their own members, for example `udp` with its keys.
 */
export function serverHello(
  session: string,
  audio: DownlinkAudio,
  transport: Readonly<Record<string, unknown>> = { transport: 'websocket' },
): string {
  return JSON.stringify({
    type: 'hello',
    ...transport,
    session_id: session,
    audio_params: { format: 'opus', sample_rate: audio.sampleRateHz, channels: 1, frame_duration: audio.frameMs },
  });
}
