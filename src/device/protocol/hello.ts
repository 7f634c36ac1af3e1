import type { HelloMessage } from './messages.js';
import { isFraming, type Framing } from './frames.js';

/** Frame durations that the firmware's decoder supports (docs/protocol.md 4.2). */
export const FRAME_DURATIONS_MS = [5, 10, 20, 40, 60, 80, 100, 120] as const;

export interface DownlinkAudio {
  readonly sampleRateHz: number;
  readonly frameMs: (typeof FRAME_DURATIONS_MS)[number];
}

/**
 * The framing of a connection: from the hello, else from the `Protocol-Version` header, else 1
 * (docs/protocol.md 2.3: prefer the hello when they disagree).
 */
export function negotiateFraming(message: HelloMessage, headerVersion: string | undefined): Framing {
  if (isFraming(message.version)) return message.version;
  const header = Number(headerVersion);
  return isFraming(header) ? header : 1;
}

/**
 * The server's hello. `transport` must be there or the firmware crashes; rate and duration must be there or the
 * firmware keeps the previous ones. The argument `transport`: members for another transport than the WebSocket, for
 * example `udp` with its keys.
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
