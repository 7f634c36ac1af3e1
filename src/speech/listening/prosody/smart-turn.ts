import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ChorusError, asChorusError } from '../../../core/index.js';
import { FRAMES, LogMel, MELS } from './log-mel.js';

/** The smart-turn v3 model, which hears the last eight seconds of a turn. Calls must not overlap. */
export class SmartTurn {
  readonly #mel = new LogMel();

  private constructor(private readonly session: InferenceSession) {}

  /** Throws `model.corrupt` if the file is not a valid model. */
  static async load(path: string): Promise<SmartTurn> {
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: ['cpu'],
        // Further threads would spin between two runs (see `SileroDetector`).
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
      });
      const model = new SmartTurn(session);
      await model.probability(new Int16Array(0));
      return model;
    } catch (error) {
      throw new ChorusError('model.corrupt', `the model of the end of turns cannot be loaded: ${path}`, {
        cause: error,
      });
    }
  }

  /**
   * Probability that the turn is over. `pcm` is 16 kHz mono and includes the silence after the speech. Throws
   * `engine.job_failed`.
   */
  async probability(pcm: Int16Array): Promise<number> {
    const features = new Tensor('float32', this.#mel.features(pcm), [1, MELS, FRAMES]);
    const [inputName = ''] = this.session.inputNames;
    const [outputName = ''] = this.session.outputNames;
    try {
      const data = (await this.session.run({ [inputName]: features }))[outputName]?.data;
      const probability = data instanceof Float32Array ? data[0] : undefined;
      if (probability === undefined || Number.isNaN(probability))
        throw new ChorusError('engine.job_failed', 'the model of the end of turns gave no number');
      return probability;
    } catch (error) {
      throw asChorusError(error, 'engine.job_failed');
    }
  }
}
