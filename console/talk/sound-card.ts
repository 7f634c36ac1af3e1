import {
  MICROPHONE_PROCESSOR,
  PLAYER_PROCESSOR,
  type FromMicrophone,
  type FromPlayer,
  type ToMicrophone,
  type ToPlayer,
} from './audio-messages.js';
import type { Trouble } from './conversation.js';
import type { PlaybackFigures } from './playback-queue.js';

interface SoundCardEvents {
  /** Called for every 60 ms of sound from the microphone, at 16 kHz. */
  readonly onFrame: (frame: Float32Array<ArrayBuffer>) => void;
  /** Called when the last sample of a reply was played. */
  readonly onOver: () => void;
  readonly onFigures: (figures: PlaybackFigures) => void;
  /** Called when the microphone was unplugged, or the permission to use it withdrawn. */
  readonly onLost: () => void;
}

export class SoundError extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.kind);
  }
}

const FOLDER = '/console/';

/** Microphone and loudspeaker during a conversation. Both worklets run in the audio thread. */
export class SoundCard {
  #flushed: (() => void) | undefined;

  private constructor(
    private readonly context: AudioContext,
    private readonly stream: MediaStream,
    private readonly microphone: AudioWorkletNode,
    private readonly player: AudioWorkletNode,
    events: SoundCardEvents,
  ) {
    microphone.port.addEventListener('message', ({ data }: MessageEvent<FromMicrophone>) => {
      if (data.type === 'frame') events.onFrame(data.samples);
      else this.#flushed?.();
    });
    player.port.addEventListener('message', ({ data }: MessageEvent<FromPlayer>) => {
      events.onFigures(data.figures);
      if (data.type === 'over') events.onOver();
    });
    for (const { port } of [microphone, player]) port.start();
    for (const track of stream.getAudioTracks()) track.addEventListener('ended', events.onLost);
  }

  /** Call this on a click, because browsers allow no sound before the first click. Throws {@link SoundError}. */
  static async open(events: SoundCardEvents): Promise<SoundCard> {
    const context = new AudioContext({ latencyHint: 'interactive' });
    // The microphone is asked for first, so that the rest can load while the person reads the browser's question.
    const asked = microphoneStream();
    try {
      const [stream] = await Promise.all([
        asked,
        context.audioWorklet.addModule(`${FOLDER}microphone-worklet.js`),
        context.audioWorklet.addModule(`${FOLDER}player-worklet.js`),
        context.resume(),
      ]);
      const microphone = new AudioWorkletNode(context, MICROPHONE_PROCESSOR, {
        numberOfInputs: 1,
        numberOfOutputs: 0,
        channelCount: 1,
        channelCountMode: 'explicit',
      });
      const player = new AudioWorkletNode(context, PLAYER_PROCESSOR, {
        numberOfInputs: 0,
        numberOfOutputs: 1,
        outputChannelCount: [1],
      });
      context.createMediaStreamSource(stream).connect(microphone);
      player.connect(context.destination);
      return new SoundCard(context, stream, microphone, player, events);
    } catch (error) {
      void asked.then(stopTracks, () => undefined);
      await context.close().catch(() => undefined);
      throw error instanceof SoundError ? error : new SoundError({ kind: 'failed' });
    }
  }

  get rateHz(): number {
    return this.context.sampleRate;
  }

  play(message: ToPlayer): void {
    this.player.port.postMessage(message, message.type === 'samples' ? [message.samples.buffer] : []);
  }

  /** Resolves when all microphone sound so far has been passed on. */
  async flushMicrophone(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#flushed = resolve;
      const message: ToMicrophone = { type: 'flush' };
      this.microphone.port.postMessage(message, []);
    });
  }

  /** Releases the microphone at once, and stops playback when `after` resolves. */
  close(after: Promise<void>): void {
    stopTracks(this.stream);
    this.#flushed?.();
    void after.then(() => this.context.close()).catch(() => undefined);
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function microphoneStream(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    const kinds: Readonly<Record<string, 'denied' | 'no-microphone' | 'microphone-busy'>> = {
      NotAllowedError: 'denied',
      SecurityError: 'denied',
      NotFoundError: 'no-microphone',
      OverconstrainedError: 'no-microphone',
      NotReadableError: 'microphone-busy',
      AbortError: 'microphone-busy',
    };
    throw new SoundError({ kind: kinds[name] ?? 'failed' });
  }
}
