import { FLOAT, INT64, modelBytes, OnnxGraph } from '../src/measure/bench/cost-model/onnx/index.js';
import { SeededRandom } from '../src/measure/bench/cost-model/random.js';

const RATE_HZ = 22_050;
const CHARACTERS = Array.from('你好小智再见今天气很');
/** The product of these strides is 2205, the number of samples (100 ms) that a token becomes. */
const STRIDES = [9, 7, 7, 5];
const CHANNELS = [128, 64, 32, 16, 8];
const TAPS = 7;
/** Number of convolutions after each upsampling, as in the residual blocks of HiFi-GAN. */
const CONVOLUTIONS = 3;

export const costVoiceText = (characters: number): string =>
  Array.from({ length: characters }, (_, i) => CHARACTERS[i % CHARACTERS.length]).join('');

/**
 * A voice with the interface and the operators of VITS, but with random weights. It produces noise and costs about as
 * much as a small voice.
 */
export function costVoice(): Readonly<Record<'model.onnx', Uint8Array> & Record<'tokens.txt' | 'lexicon.txt', string>> {
  const symbols = ['_', '，', '。', '！', '？', ...CHARACTERS.map((_, index) => `p${index}`)];
  const random = new SeededRandom(1);
  const graph = new OnnxGraph();
  /** The factor of 2 compensates for the loss in LeakyRelu. A weaker sound would count as silence and be cut off. */
  const weights = (inputs: number, ...dims: number[]): string => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return graph.floats(random.normals(size, Math.sqrt(2 / inputs)), dims);
  };
  const x = graph.input('x', INT64, ['N', 'T']);
  graph.input('x_length', INT64, ['N']);
  for (const name of ['noise_scale', 'length_scale', 'noise_scale_w']) graph.input(name, FLOAT, [1]);
  let y = graph.op('Transpose', [graph.op('Gather', [weights(1, symbols.length, CHANNELS[0] ?? 1), x])], {
    perm: [0, 2, 1],
  });
  STRIDES.forEach((stride, at) => {
    const [from = 1, to = 1] = CHANNELS.slice(at);
    y = graph.op('ConvTranspose', [y, weights(from, from, to, stride)], { strides: [stride] });
    for (let i = 0; i < CONVOLUTIONS; i++)
      y = graph.op('Conv', [graph.op('LeakyRelu', [y]), weights(to * TAPS, to, to, TAPS)], {
        pads: [TAPS >> 1, TAPS >> 1],
      });
  });
  y = graph.op('Tanh', [graph.op('Conv', [y, weights(CHANNELS.at(-1) ?? 1, 1, CHANNELS.at(-1) ?? 1, 1)])]);
  graph.output(y, 'y', FLOAT, ['N', 1, 'L']);
  const metadata = {
    model_type: 'vits',
    comment: 'random weights',
    language: 'Chinese',
    sample_rate: RATE_HZ,
    n_speakers: 1,
    add_blank: 0,
    punctuation: '， 。 ！ ？',
  };
  return {
    'model.onnx': modelBytes(graph.model({ producer: 'chorus', name: 'vits_like', metadata })),
    'tokens.txt': symbols.map((symbol, id) => `${symbol} ${id}\n`).join(''),
    'lexicon.txt': CHARACTERS.map((character, index) => `${character} p${index}\n`).join(''),
  };
}
