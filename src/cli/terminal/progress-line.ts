import { createLogUpdate } from 'log-update';
import type { CliContext } from '../context.js';

/** On a terminal, one line changes in place. Elsewhere, each tenth of the work and each new text gets a line. */
export interface ProgressLine {
  /** True if the line changes in place. */
  readonly live: boolean;
  update(text: string, fraction: number | undefined): void;
  end(): void;
}

const BAR_CHARS = 24;
const REDRAW_EVERY_MS = 100;

export function progressLine(context: CliContext): ProgressLine {
  return process.stderr.isTTY ? terminalLine(context) : plainLine(context);
}

function terminalLine({ colours, clock }: CliContext): ProgressLine {
  const draw = createLogUpdate(process.stderr);
  let drawnMs = -Infinity;
  return {
    live: true,
    update(text, fraction) {
      if (clock.nowMs() - drawnMs < REDRAW_EVERY_MS && fraction !== 1) return;
      drawnMs = clock.nowMs();
      const full = Math.round((fraction ?? 0) * BAR_CHARS);
      draw(
        fraction === undefined
          ? text
          : `${colours.green('█'.repeat(full))}${colours.dim('░'.repeat(BAR_CHARS - full))} ` +
              `${Math.floor(fraction * 100)} %  ${text}`,
      );
    },
    end: () => draw.done(),
  };
}

function plainLine({ err }: CliContext): ProgressLine {
  let shown = '';
  return {
    live: false,
    update(text, fraction) {
      const words = text.replaceAll(/[\d/ .]+MB/g, '');
      const key = `${words} ${fraction === undefined ? '' : Math.floor(fraction * 10)}`;
      if (key === shown) return;
      shown = key;
      err(`${text}\n`);
    },
    end: () => undefined,
  };
}
