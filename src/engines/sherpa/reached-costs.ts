/** Measured cost of recognition on one family of processors, with the pinned runtime. */
export interface ReachedCost {
  readonly family: string;
  /** CPU time in ms per second of speech, by model. Measured with utterances of about 5 s. */
  readonly msPerSpeechSecond: Readonly<Record<string, number>>;
}

const measured = (senseVoice: number, moonshine: number): ReachedCost['msPerSpeechSecond'] => ({
  'sense-voice-int8': senseVoice,
  'sensevoice-cost': senseVoice,
  'moonshine-tiny-en': moonshine,
});

/**
 * Measured with sherpa-onnx 1.13.0 to 1.13.3 on quiet machines (docs/adr/0029-speech-runtime.md). On Zen 4, `npm run
 * bench -- runtimes` gave 16 ms plus 30.9 ms per second. Zen 5 ran five clips of 24.7 s. The Xeon's values are medians
 * of the bench. Both AMD families ran Moonshine with its slower published decoder (docs/adr/0043-moonshine-decoder.md).
 */
const TABLE: readonly (ReachedCost & { readonly is: (cpu: CpuId) => boolean })[] = [
  // Of AMD's family 25, only Zen 4 has AVX-512.
  {
    family: 'AMD Zen 4',
    msPerSpeechSecond: measured(34, 36),
    is: ({ vendor, family, flags }) => vendor === 'AuthenticAMD' && family === 25 && flags.includes('avx512_vnni'),
  },
  {
    family: 'AMD Zen 5',
    msPerSpeechSecond: measured(16.2, 18.5),
    is: ({ vendor, family, flags }) => vendor === 'AuthenticAMD' && family === 26 && flags.includes('avx_vnni'),
  },
  // Nearly all Intel processors have family 6. AMX came with Sapphire Rapids.
  {
    family: 'Intel Xeon with AMX',
    msPerSpeechSecond: measured(31.6, 29.5),
    is: ({ vendor, family, flags }) => vendor === 'GenuineIntel' && family === 6 && flags.includes('amx_int8'),
  },
];

interface CpuId {
  readonly vendor: string;
  readonly family: number;
  readonly flags: readonly string[];
}

/**
 * `cpuinfo` is the text of `/proc/cpuinfo`. Looks up the family, because virtual machines give all processors the same
 * name. Returns undefined if the cost is unknown.
 */
export function reachedCost(cpuinfo: string | undefined): ReachedCost | undefined {
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(cpuinfo ?? '')?.[1] ?? '';
  const cpu = { vendor: field('vendor_id'), family: Number(field('cpu family')), flags: field('flags').split(' ') };
  return TABLE.find(({ is }) => is(cpu));
}
