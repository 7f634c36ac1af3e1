import {
  FRAME_SAMPLES,
  MICROPHONE_PROCESSOR,
  UPLINK_RATE_HZ,
  type FromMicrophone,
  type ToMicrophone,
} from './audio-messages.js';
import { Resampler } from './resampler.js';

/** Cuts the sound of the microphone into frames, as a device does. */
class MicrophoneProcessor extends AudioWorkletProcessor {
  readonly #resampler = new Resampler(sampleRate, UPLINK_RATE_HZ);
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }: MessageEvent<ToMicrophone>) => {
      if (data.type === 'flush') this.#flush();
    });
    this.port.start();
  }

  override process([input]: readonly (readonly Float32Array[])[]): boolean {
    const channel = input?.[0];
    if (channel !== undefined) this.#add(this.#resampler.push(channel));
    return true;
  }

  #add(samples: Float32Array): void {
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + FRAME_SAMPLES - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === FRAME_SAMPLES) this.#send();
    }
  }

  /** Pads the last frame with silence, so that no word is lost when the button is released. */
  #flush(): void {
    if (this.#filled > 0) this.#send();
    this.#tell({ type: 'flushed' });
  }

  #send(): void {
    const samples = this.#frame;
    this.#frame = new Float32Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#tell({ type: 'frame', samples }, [samples.buffer]);
  }

  #tell(message: FromMicrophone, transfer: readonly Transferable[] = []): void {
    this.port.postMessage(message, [...transfer]);
  }
}

registerProcessor(MICROPHONE_PROCESSOR, MicrophoneProcessor);
