/** What the microphone's window is, as far as the device's own reply is concerned. */
export interface EchoVerdict {
  /** Probability that the user speaks: 0 where the reply coming back explains what was heard. */
  readonly probability: number;
  /** A reply may be audible: no speech begins unless `userSinceSamples` says so. */
  readonly held: boolean;
  /** Set once a reply: the user has talked over it for that long, up to the end of this window. */
  readonly userSinceSamples: number | undefined;
}

export interface EchoJudgeOptions {
  readonly threshold: number;
  readonly negThreshold: number;
  readonly bargeInSpeechMs: number;
}

export class EchoJudge {
  constructor(readonly options: EchoJudgeOptions) {}
  playbackStarted(): void {}
  playbackStopped(): void {}
  forgetMicrophone(): void {}
  reference(_pcm: Int16Array): void {}
  window(_pcm: Int16Array, probability: number): EchoVerdict {
    return { probability, held: false, userSinceSamples: undefined };
  }
}
