import { printAnswer } from '../terminal/json.js';
import { InvalidArgumentError } from 'commander';
import { alignedRows } from '../../core/index.js';
import type { CostEntry } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import type { ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { costsWords } from '../words/costs.js';

const MOST_DAYS = 400;

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = costsWords[context.language];
  const days = (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,3}$/.test(value) || number < 1 || number > MOST_DAYS) throw new InvalidArgumentError(help.days);
    return number;
  };
  withConfig(command)
    .option('--days <n>', help.days, days, 7)
    .option('--json', context.words.help.json)
    .addHelpText('after', help.after)
    .action(run(showCosts));
};

interface CostsFlags extends JsonFlags {
  readonly days: number;
}

export async function showCosts(flags: CostsFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { costs } = (await api.call('GET', `/costs?days=${flags.days}`)) as { readonly costs: readonly CostEntry[] };
  return printAnswer(flags, context, costs, costTable(costs, context));
}

export function costTable(costs: readonly CostEntry[], { language }: Pick<CliContext, 'language'>): string {
  const words = costsWords[language];
  if (costs.length === 0) return `${words.none}\n`;
  const used = ({ unit, amount }: CostEntry): string =>
    `${unit === 'audio_ms' ? Math.round(amount / 1000) : amount} ${words.units[unit]}`;
  const rows = costs.map((one) => [one.day, one.deviceId, one.provider, used(one), money(one.cost)]);
  const priced = costs.flatMap(({ cost }) => cost ?? []);
  const sum = priced.length === 0 ? undefined : priced.reduce((total, cost) => total + cost, 0);
  return `${alignedRows([words.heads, ...rows, [words.all, '', '', '', money(sum)]]).join('\n')}\n`;
}

const money = (cost: number | undefined): string => (cost === undefined ? '' : cost.toFixed(4));
