import { percentile } from '../src/measure/statistics.js';
import { SileroDetector } from '../src/providers/vad/silero.js';
import { createEndpointPolicy } from '../src/speech/listening/index.js';
import { report, type Line } from './results.js';
import { withMoonshine } from './turns/moonshine.js';
import { overReply, type OverReplyOutcome } from './turns/over-reply.js';
import {
  commands,
  interruptions as words,
  moreListening,
  noises,
  replySound,
  type OverReply,
  type OverReplySet,
} from './turns/over-replies.js';

/** Longest allowed silence within a reply that should continue. */
export const MOST_SILENT_MS = 1600;
/** Longest allowed time from the end of the first word to the end of the reply's sound. */
export const STOPS_WITHIN_MS = 600;

interface Heard extends OverReplyOutcome {
  readonly kind: OverReply['kind'];
}

/**
 * Plays one set of sounds over replies: a hundred that must not stop a reply, a hundred real interruptions, and some
 * short commands. Voice activity, recognition, echo detection and turn rules are the server's own, but time is virtual.
 * With `each`, only every `each`th sound is played.
 */
export async function playOverReplies(
  each = 1,
  set: OverReplySet = 'chosen',
  program?: string,
): Promise<readonly Heard[]> {
  const detector = await SileroDetector.load();
  const sounds = [...(await noises(each, set)), ...words(each, set), ...(await commands(each, set))];
  if (set === 'chosen') sounds.push(...(await moreListening(each)));
  return withMoonshine(async (recognise) => {
    const setup = {
      policy: createEndpointPolicy({ patience: 'normal' }),
      thinkingMs: 300,
      known: true,
      speculative: false,
      replyPcm: replySound(),
      recognise,
    };
    const heard: Heard[] = [];
    for (const sound of sounds) heard.push({ kind: sound.kind, ...(await overReply(sound, setup, detector)) });
    return heard;
  }, program);
}

export const wentOn = ({ goesOn, silentMs }: OverReplyOutcome): boolean => goesOn && silentMs < MOST_SILENT_MS;
export const stopped = ({ goesOn, stopsAfterMs }: OverReplyOutcome): boolean =>
  !goesOn && stopsAfterMs <= STOPS_WITHIN_MS;
const isSound = ({ kind }: Heard): boolean => kind !== 'words' && kind !== 'command' && kind !== 'more';

export async function interruptions(): Promise<boolean> {
  const [chosen, keptBack] = [await playOverReplies(), await playOverReplies(1, 'kept_back')];
  const lines = [...linesOf(chosen, ''), ...linesOf(keptBack, ' (kept back)')];
  return report('interruptions', lines, [...chosen, ...keptBack]);
}

function linesOf(heard: readonly Heard[], which: string): readonly Line[] {
  const noise = heard.filter(isSound);
  const spoken = heard.filter(({ kind }) => kind === 'words');
  const commanded = heard.filter(({ kind }) => kind === 'command');
  const more = heard.filter(({ kind }) => kind === 'more');
  const kinds = [...new Set(noise.map(({ kind }) => kind))];
  const share = (list: readonly Heard[], fits: (one: Heard) => boolean): string =>
    `${list.filter(fits).length} of ${list.length}`;
  const after = spoken.map(({ stopsAfterMs }) => stopsAfterMs);
  for (const one of [...noise.filter((sound) => !wentOn(sound)), ...spoken.filter((word) => !stopped(word))])
    console.log(`  missed${which}: ${one.name}`, one);
  for (const one of commanded.filter(({ goesOn }) => goesOn)) console.log(`  not obeyed${which}: ${one.name}`);
  return [
    ...kinds.map((kind) => {
      const list = noise.filter((one) => one.kind === kind);
      const most = Math.round(Math.max(...list.map(({ silentMs }) => silentMs)));
      return {
        what: `the reply goes on: ${kind}${which}`,
        value: `${share(list, wentOn)}, silent for ${most} ms at most`,
      };
    }),
    {
      what: `the reply goes on${which}`,
      value: share(noise, wentOn),
      bound: `at least 97 %, less than ${MOST_SILENT_MS} ms of silence`,
      holds: noise.filter(wentOn).length >= 0.97 * noise.length,
    },
    {
      what: `words stop the reply${which}`,
      value:
        `${share(spoken, stopped)}, ${Math.round(percentile(after, 0.5))} ms after the first ` +
        `word's end (p95 ${Math.round(percentile(after, 0.95))})`,
      bound: `at least 98 % within ${STOPS_WITHIN_MS} ms`,
      holds: spoken.filter(stopped).length >= 0.98 * spoken.length,
    },
    {
      what: `commands of one or two words stop the reply${which}`,
      value: share(commanded, ({ goesOn }) => !goesOn),
    },
    ...(more.length > 0
      ? [{ what: `the reply goes on: more signs of listening${which}`, value: share(more, wentOn) }]
      : []),
  ];
}
