import type { Line as Result } from '../results.js';
import type { Heard, Member } from './device.js';
import type { Line } from './script.js';

export interface Turn {
  readonly device: string;
  readonly language: string;
  readonly atMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly line: Line;
  /** Undefined if the device only disconnected. */
  readonly heard: Heard | undefined;
  tools: readonly string[];
}

const APOLOGY = /sorry|did not work|went wrong|没办成|对不起|抱歉|出错/i;
const HAN = /\p{Script=Han}/u;

/** The whole conversation as Markdown, in chronological order. */
export function transcriptOf(turns: readonly Turn[], members: readonly Member[], offered: ReadonlySet<string>): string {
  const spoken = turns.map((turn) => ({ atMs: turn.atMs, text: linesOf(turn) }));
  const alone = members.flatMap(({ person, device }) =>
    device.said
      .filter(({ atMs }) => !turns.some((turn) => turn.device === person.device && within(turn, atMs)))
      .map(({ atMs, text }) => ({ atMs, text: `- ${time(atMs)} **${person.device}** by itself: ${text}` })),
  );
  const all = [...spoken, ...alone].sort((a, b) => a.atMs - b.atMs).map(({ text }) => text);
  const holes = members.flatMap(({ person, device }) =>
    device.holes.map(
      ({ atMs, gapMs, after }) => `- ${time(atMs)} ${person.device}: ${gapMs.toFixed(0)} ms after “${after}”`,
    ),
  );
  return [
    '# A family talks',
    '',
    ...all,
    '',
    `Tools that were offered: ${[...offered].sort().join(', ')}`,
    '',
    ...(holes.length === 0 ? [] : ['## Holes', '', ...holes, '']),
    '## Odd',
    '',
    ...oddities(turns, members).map((one) => `- ${one}`),
    '',
  ].join('\n');
}

function linesOf({ device, atMs, text, line, heard, tools }: Turn): string {
  const what = line.does === undefined || line.does === 'interrupt' ? text : `(${line.does})`;
  const first = heard?.firstSoundMs === undefined ? '' : `first sound ${heard.firstSoundMs.toFixed(0)} ms, `;
  const by = tools.length === 0 ? '' : `, ${tools.join(' ')}`;
  const answer = heard ? `\n  - → ${heard.texts.join(' / ') || '(silence)'} _(${first}${heard.end}${by})_` : '';
  return `- ${time(atMs)} **${device}**: ${what}${answer}`;
}

/** The number of turns, one line for each type of fault, and one for each odd answer. */
export function judge(turns: readonly Turn[], members: readonly Member[]): readonly Result[] {
  const odd = oddities(turns, members);
  const holes = members.reduce((sum, { device }) => sum + device.holes.length, 0);
  const violations = members.reduce((sum, { device }) => sum + device.violations.length, 0);
  const none = (what: string, count: number): Result => ({
    what,
    value: String(count),
    bound: 'none',
    holds: count === 0,
  });
  return [
    { what: 'turns', value: String(turns.length) },
    none('odd answers', odd.length),
    none('holes in the sound of 100 ms and more', holes),
    none('violations of the protocol', violations),
    ...odd.map((one): Result => ({ what: 'odd', value: one })),
  ];
}

function oddities(turns: readonly Turn[], members: readonly Member[]): readonly string[] {
  return turns.flatMap((turn) => {
    const { device, text, line, heard, tools } = turn;
    const answer = heard?.texts.join(' ') ?? '';
    const wrong: string[] = [];
    if (heard === undefined) return [];
    if (line.does === 'silence') {
      if (answer !== '') wrong.push('something was said into silence');
    } else {
      if (heard.end === 'nothing') wrong.push('nobody answered');
      if (line.hears && !line.hears.test(answer)) wrong.push(`the answer is not ${line.hears.source}`);
      if (APOLOGY.test(answer) && !line.mayFail) wrong.push('it apologises');
      if (!line.anyLanguage && answer !== '' && HAN.test(answer) !== HAN.test(text)) wrong.push('the other language');
      if (line.tool === 'none' && tools.length > 0) wrong.push(`a tool was called: ${tools.join(', ')}`);
      else if (line.tool !== undefined && line.tool !== 'none' && !tools.some((tool) => sameTool(tool, line.tool)))
        wrong.push(`${line.tool} was not called`);
    }
    const count = timesLater(turn, members);
    if (count !== undefined && count !== 1) wrong.push(`what was due was said ${count} times`);
    return wrong.map((what) => `${time(turn.atMs)} ${device}: “${text}” → “${answer}”: ${what}`);
  });
}

const sameTool = (a: string, b = ''): boolean => a.replaceAll(/\W/g, '_') === b.replaceAll(/\W/g, '_');

/** Counts the announcements that the turn asked for. Returns undefined if none was expected. */
function timesLater({ line, endMs, device }: Turn, members: readonly Member[]): number | undefined {
  const { later, laterOn = device } = line;
  if (!later) return undefined;
  const said = members.find(({ person }) => person.device === laterOn)?.device.said ?? [];
  // Words by which an announcement is recognised. They may be in the sentence before the expected words.
  const byItself = /time is up|a reminder:|message from|this is your alarm|时间到|提醒你：|捎话|闹钟响了|的计时结束/i;
  const since = said.filter(({ atMs }) => atMs > endMs - 500);
  return since.filter(({ text }, at) => {
    const whole = [since[at - 1]?.text ?? '', text].join(' ');
    return later.test(text) && byItself.test(whole);
  }).length;
}

const within = ({ atMs, endMs }: Turn, ms: number): boolean => ms >= atMs && ms <= endMs;
const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
