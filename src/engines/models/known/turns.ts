import type { TurnModel } from './entry.js';
import { bytesOf, file, from, hugging } from './sources.js';

const FILES = [
  file('smart-turn-v3.2-cpu.onnx', 8_679_182, '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f'),
];

/** Models that tell from the sound of the voice whether a turn is over (`vad.smart_turn`). */
export const TURNS: readonly TurnModel[] = [
  {
    id: 'smart-turn-v3',
    kind: 'turn',
    languages: 'ar bn da de en es fi fr hi id it ja ko mr nb nl no pl pt ru tr uk vi zh'.split(' '),
    licence: 'BSD-2-Clause',
    about: {
      en: 'Hears whether somebody has finished or only pauses (Smart Turn v3.2)',
      zh: '听出人是说完了还是只在停顿（Smart Turn v3.2）',
    },
    downloadBytes: bytesOf(FILES),
    files: FILES,
    source: from(hugging('smart-turn-v3', 'f766f81d3cfdf7737ac64aad813d91bbfd56bf93', 'pipecat-ai')),
    rank: 10,
    auto: false,
  },
];
