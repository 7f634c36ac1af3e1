/** The measured cost of recognition on a family of processors with the pinned runtime. */
export interface ReachedCost {
  readonly family: string;
  /** CPU time for a second of speech in ms, by model, measured with utterances of about 5 s. */
  readonly msPerSpeechSecond: Readonly<Record<string, number>>;
}

const measured = (senseVoice: number, moonshine: number): ReachedCost['msPerSpeechSecond'] => ({
  'sense-voice-int8': senseVoice,
  'sensevoice-cost': senseVoice,
  'moonshine-tiny-en': moonshine,
});

/**
 * Measured with sherpa-onnx 1.13.0 to 1.13.3 on quiet machines (docs/adr/0029-speech-runtime.md), Moonshine with its
 * published decoder, so that its bound is generous (docs/adr/0043-moonshine-decoder.md): Zen 4 by
 * `npm run bench -- runtimes` (16 ms + 30.9 ms a second), Zen 5 with five clips of 24.7 s. The Xeon's figures are
 * medians of the same command, Moonshine with the present decoder. A processor that is not here was not measured.
 */
const TABLE: readonly (ReachedCost & { readonly is: (cpu: CpuId) => boolean })[] = [
  // AMD's family 25 is Zen 3 and Zen 4; only the latter has AVX-512.
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
  // Intel's family 6 is nearly everything; AMX begins with Sapphire Rapids.
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
 * The cost by the family in `/proc/cpuinfo`, since virtual machines give all their processors one name. Undefined: the
 * cost is not known.
 */
export function reachedCost(cpuinfo: string | undefined): ReachedCost | undefined {
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(cpuinfo ?? '')?.[1] ?? '';
  const cpu = { vendor: field('vendor_id'), family: Number(field('cpu family')), flags: field('flags').split(' ') };
  return TABLE.find(({ is }) => is(cpu));
}
