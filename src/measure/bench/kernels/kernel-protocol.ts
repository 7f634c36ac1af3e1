/** Runs this kernel until it has used `cpuMs` of CPU. */
export type KernelCall = { readonly cpuMs: number } & (
  | {
      readonly kernel: 'vad';
      /** Number of devices in a batch. */ readonly batch: number;
    }
  | { readonly kernel: 'opus_decode' }
  | { readonly kernel: 'opus_encode'; readonly complexity: number; readonly bitrate: number }
  | { readonly kernel: 'mp3_decode' }
);

export interface KernelAnswer {
  /** Windows (`vad`), packets (`opus_decode`, `opus_encode`) or seconds of sound (`mp3_decode`). */
  readonly amount: number;
  readonly cpuMs: number;
}
