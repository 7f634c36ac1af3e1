import { join } from 'node:path';
import { expect, it } from 'vitest';
import { playOverReplies, stopped, wentOn } from '../../bench/interruptions.js';
import { whatIsHeard } from '../../bench/overheard.js';
import { PROGRAMS } from '../compiled.js';

// Runs parts of the benches in simulated time, with real voice activity detection and recognition.
const PROGRAM = join(PROGRAMS, 'engines/sherpa/sherpa-child.js');
const TIMEOUT_MS = 300_000;

it(
  'ten sounds over replies do not stop them, but nine of ten interruptions do',
  async () => {
    const heard = await playOverReplies(10, 'chosen', PROGRAM);
    const words = heard.filter(({ kind }) => kind === 'words');
    const sounds = heard.filter(({ kind }) => kind !== 'words' && kind !== 'command' && kind !== 'more');
    expect([sounds.length, words.length]).toEqual([10, 10]);
    expect(sounds.filter((sound) => !wentOn(sound))).toEqual([]);
    // This clip of half a second is recognised as "The maid,", so it counts as a backchannel (like "uh-huh").
    expect(words.filter((word) => !stopped(word)).map(({ name }) => name)).toEqual(['austen-0920: been made']);
  },
  TIMEOUT_MS,
);

it(
  'near speech is answered, but noise and far speech are not',
  async () => {
    const heard = await whatIsHeard(20, PROGRAM);
    const near = heard.filter(({ kind }) => kind === 'plain utterances');
    const other = heard.filter(({ kind }) => kind.startsWith('noise') || kind.endsWith('24 dB below'));
    expect(near.length).toBeGreaterThan(3);
    expect(other.length).toBeGreaterThan(5);
    expect(near.filter(({ answered }) => !answered)).toEqual([]);
    expect(other.filter(({ answered }) => answered)).toEqual([]);
  },
  TIMEOUT_MS,
);
