import { resolve } from 'node:path';
import { log, spinner } from '@clack/prompts';
import { resampleInt16 } from '../../audio/index.js';
import type { Config } from '../../config/index.js';
import { describeError, sleep } from '../../core/index.js';
import { readLocalToken } from '../../http/index.js';
import { startServer } from '../../main.js';
import { encodeClip, fleetIdentity, isAnswered, SimulatedDevice, UPLINK_RATE_HZ } from '../../measure/fleet/index.js';
import { findServer } from '../../platform/store/index.js';
import { loadForCommand } from '../configuration/load.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { outcomeWords } from '../views/turn.js';
import { openVoices, type SetupVoices } from './setup-trials.js';
import { deviceWords } from '../words/device.js';
import { setupWords } from '../words/setup.js';

const READY_WAIT_MS = 15_000;
const ANSWER_WITHIN_MS = 30_000;

/** A simulated device speaks a sentence to a server with the new settings. */
export async function speakOnce(
  flags: ConfigFlags,
  llm: Config['llm'],
  tts: Config['tts'],
  language: string,
  context: CliContext,
): Promise<void> {
  const w = setupWords[context.language];
  if ((await findServer(resolve(flags.data))) !== undefined) {
    log.warn(w.serverRuns);
    return;
  }
  const progress = spinner();
  progress.start(w.speaking);
  let voices: SetupVoices | undefined;
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  let device: SimulatedDevice | undefined;
  try {
    const dataDir = resolve(flags.data);
    // Uses any free port, because another program may already use the configured one.
    const { config } = await loadForCommand(
      { ...flags, set: [...flags.set, 'server.host=127.0.0.1', 'server.port=0', 'log.level=error'] },
      context,
    );
    voices = await openVoices(tts, dataDir, context.clock, context.interrupted);
    const sound = await voices.say(w.test.sentence, language);
    const clip = encodeClip(await resampleInt16(sound.pcm, sound.rateHz, UPLINK_RATE_HZ));
    server = await startServer({ config: { ...config, llm }, dataDir });
    // Does not wait for a long download. The device then gets the message that a user would hear meanwhile.
    await Promise.race([server.ready, sleep(context.clock, READY_WAIT_MS, context.interrupted)]);
    const localToken = await readLocalToken(dataDir);
    device = new SimulatedDevice({
      otaUrl: `http://127.0.0.1:${server.port}/xiaozhi/ota/`,
      identity: fleetIdentity(0, language),
      clock: context.clock,
      ...(localToken !== undefined && { localToken }),
    });
    await device.boot(context.interrupted);
    const turn = await device.say(clip, { begin: 'click', answerTimeoutMs: ANSWER_WITHIN_MS });
    const answer = turn.sentences.map((sentence) => sentence.text).join(' ');
    if (isAnswered(turn))
      progress.stop(
        w.spoke(
          turn.heard ?? deviceWords[context.language].nothingHeard,
          answer,
          (turn.timeline.firstSoundMs ?? 0).toFixed(0),
        ),
      );
    else progress.stop(w.failed(w.speaking, outcomeWords(turn, ANSWER_WITHIN_MS, context) ?? turn.outcome));
  } catch (error) {
    progress.stop(w.failed(w.speaking, describeError(error, context.language)));
  } finally {
    device?.close();
    await voices?.close();
    await server?.drain('the set-up is done');
  }
}
