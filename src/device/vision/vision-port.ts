import type { DeviceRecord } from '../../platform/store/index.js';

/** A picture that a device took, and what its user wants to know of it. */
export interface PictureQuestion {
  readonly device: Pick<DeviceRecord, 'deviceId'>;
  readonly question: string;
  readonly picture: Picture;
}

export interface Picture {
  readonly bytes: Uint8Array;
  /** By its content, whatever the device says. */
  readonly mediaType: 'image/jpeg' | 'image/png' | 'image/webp';
}

/** Who looks at pictures. */
export interface PictureReader {
  /** A model is configured that does. */
  readonly on: boolean;
  /** The answer, short enough to be spoken. Errors: `vision.*`, `llm.*`, or the signal's reason. */
  explain(question: PictureQuestion, signal: AbortSignal): Promise<string>;
}

/** Where a device sends its pictures, and by which token. */
export interface VisionAddress {
  readonly url: string;
  readonly token: string;
}
