/** Request to the kernel process: run this until it has used `cpuMs` of CPU. */
export type KernelCall = { readonly cpuMs: number } & (
  | {
      readonly kernel: 'vad';
      /** Devices that are listened to at once: the size of a batch. */ readonly batch: number;
    }
  | { readonly kernel: 'opus_decode' }
  | { readonly kernel: 'opus_encode'; readonly complexity: number; readonly bitrate: number }
  | { readonly kernel: 'mp3_decode' }
);

export interface KernelAnswer {
  /** Windows, packets, packets or seconds of sound, in the order of the kernels. */
  readonly amount: number;
  readonly cpuMs: number;
}
