// Judges the turn that `chorus device --json` wrote (image.sh): recognised, answered completely, without a gap.
import { readFileSync } from 'node:fs';

// A second argument allows gaps, because other programs on the machine cause some.
const [file, holesAllowed] = process.argv.slice(2);
const [turn] = JSON.parse(readFileSync(file, 'utf8')).turns;
console.log(
  `      "${turn.heard}" -> "${turn.sentences.map(({ text }) => text).join(' ')}` +
    `", ${turn.packets} packets, ${JSON.stringify(turn.timeline)}`,
);
const wrong = [
  turn.outcome !== 'answered' && `outcome ${turn.outcome}`,
  // assets/speech/austen-0880.wav: "he was not an ill disposed young man". Moonshine may misrecognise the difficult
  // word.
  !/he was not an ill.*young man/i.test(turn.heard ?? '') && `heard ${turn.heard}`,
  holesAllowed === undefined && turn.underruns > 0 && `${turn.underruns} underruns`,
  turn.violations.length > 0 && JSON.stringify(turn.violations),
].filter(Boolean);
if (wrong.length > 0) console.error(`      ${wrong.join('; ')}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
