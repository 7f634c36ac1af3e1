import type { RunningServer } from '../../main.js';
import type { CliContext } from '../context.js';
import { movingOverWords } from '../words/moving-over.js';

/** For the start of a server that replaces another: the other's ports, and how long devices need no pairing code. */
export function movingOverLines(
  { otaPorts, movingOver }: Pick<RunningServer, 'otaPorts' | 'movingOver'>,
  context: CliContext,
  row: (label: string, value: string) => string,
): string[] {
  const { colours, language } = context;
  const words = movingOverWords[language].banner;
  const list = (state: RunningServer['otaPorts'][number]['state']): string =>
    otaPorts
      .filter((port) => port.state === state)
      .map(({ port }) => port)
      .join(', ');
  const [listening, inUse, failed] = [list('listening'), list('in_use'), list('failed')];
  return [
    ...(listening === '' ? [] : [row(words.ports, listening)]),
    ...(inUse === '' ? [] : [`  ${colours.yellow(words.inUse(inUse))}\n`]),
    ...(failed === '' ? [] : [`  ${colours.yellow(words.failed(failed))}\n`]),
    ...(movingOver === undefined
      ? []
      : [row(words.label, movingOver.daysLeft === 0 ? words.over : words.left(movingOver.daysLeft))]),
  ];
}
