import type { DeviceRecord } from '../../platform/store/index.js';

export interface PictureQuestion {
  readonly device: Pick<DeviceRecord, 'deviceId'>;
  readonly question: string;
  readonly picture: Picture;
}

export interface Picture {
  readonly bytes: Uint8Array;
  /** Determined from the content, because the device may report a wrong type. */
  readonly mediaType: 'image/jpeg' | 'image/png' | 'image/webp';
}

export interface PictureReader {
  /** Whether a model for pictures is configured. */
  readonly on: boolean;
  /** The answer is short enough to be spoken. Errors: `vision.*`, `llm.*`, or the signal's reason. */
  explain(question: PictureQuestion, signal: AbortSignal): Promise<string>;
}

/** Address and token with which a device sends its pictures. */
export interface VisionAddress {
  readonly url: string;
  readonly token: string;
}
