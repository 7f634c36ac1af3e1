import { GB } from '../../core/index.js';
import type { DefineCommand } from '../command.js';
import { type CapacityFacts, capacityFacts } from '../../capacity/index.js';
import { chooseCapacity, talkingLimit } from '../../capacity/index.js';
import { conversationKey, MeasuredCosts } from '../../capacity/index.js';
import {
  type Config,
  configSchema,
  PROFILES,
  profileMachine,
  type ProfileName,
  profileSettings,
} from '../../config/index.js';
import { runtimeText, speechRuntime } from '../../engines/index.js';
import { describeMachine, readHardware } from '../../platform/machine/index.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand } from '../configuration/load.js';
import { profileWords } from '../words/profile.js';
import { asJson } from '../terminal/json.js';
import { labelRow } from '../terminal/table.js';

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  withConfig(command.option('--json', context.words.help.json)).action(run(showProfiles));
};

const LABEL_COLUMNS = 14;

/** Compares this machine and the current settings with each profile. Starts nothing. */
export async function showProfiles(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { config } = await loadForCommand(flags, context);
  const hardware = readHardware();
  const machine = describeMachine();
  const costs = await MeasuredCosts.load(flags.data);
  const measured = costs.get(conversationKey(machine));
  const runtime = await speechRuntime();
  const recognition = costs.recognition(machine, runtime.version);
  const facts = (of: Config): CapacityFacts =>
    capacityFacts(of, hardware, chooseCapacity(hardware, { current: of }, measured));
  const inForce = facts(config);
  const defaults = configSchema.parse({});
  const auto = facts(defaults);
  /** The automatic limit on a machine of the profile's size. Ignores the memory of models, because none is loaded. */
  const autoWithin = (name: ProfileName): number => {
    const { cores, cpuQuota, memoryGb } = profileMachine(name);
    return talkingLimit(
      defaults,
      chooseCapacity({ cores, cpuQuota, memoryBytes: memoryGb * GB }, { current: defaults }, measured),
    );
  };
  const profiles = PROFILES.map((name) => shownProfile(name, auto, autoWithin(name)));
  if (flags.json) {
    context.out(
      asJson({
        machine,
        speech: { runtime, recognition },
        inForce,
        auto,
        selfTested: measured !== undefined,
        profiles,
      }),
    );
    return EXIT.ok;
  }
  const { colours, language } = context;
  const words = profileWords[language];
  const row = (label: string, value: string): void => context.out(labelRow(label, value, LABEL_COLUMNS, context));
  row(words.machine, words.found(auto, machine.cpu));
  row(words.speech, words.recognition(runtimeText(runtime), recognition));
  row(words.inForce, words.carries(inForce));
  if (config.profile !== 'auto' || config.max_concurrent_sessions !== 'auto') row(words.auto, words.carries(auto));
  context.out('\n');
  for (const profile of profiles) {
    const remarks = [
      ...(profile.name === config.profile ? [colours.green(words.chosen)] : []),
      ...(profile.fits ? [] : [colours.yellow(words.tooBig)]),
    ];
    row(
      profile.name,
      [words.line(profile), words.autoWithin(profile.autoWithin), ...remarks].join(language === 'zh' ? '；' : '; '),
    );
  }
  context.out(`\n${words.careful}\n${measured === undefined ? `${words.untested}\n` : ''}${words.choose}\n`);
  return EXIT.ok;
}

function shownProfile(name: ProfileName, { supplyCores, supplyGb }: CapacityFacts, talking: number) {
  const settings = profileSettings(name);
  const number = (key: string): number => settings.get(key) ?? 0;
  const line = {
    sessions: number('max_concurrent_sessions'),
    workers: number('asr.max_workers'),
    cpu: number('load.cpu'),
    memoryGb: number('load.memory_gb'),
  };
  const fits = line.cpu <= supplyCores && line.memoryGb <= supplyGb;
  return {
    name,
    ...line,
    settings: Object.fromEntries(settings),
    fits,
    autoWithin: { talking, extrapolated: !fits },
  };
}
