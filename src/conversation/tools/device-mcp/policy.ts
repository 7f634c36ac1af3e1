import type { Bilingual } from '../../../core/index.js';
import type { ToolPolicy } from '../tool-list.js';

/** These tools interrupt the device. Some of them make it unavailable until somebody walks to it. */
const DANGEROUS: readonly { readonly name: RegExp; readonly ask: Bilingual }[] = [
  { name: /reboot|restart/i, ask: { en: 'Shall I restart the device?', zh: '要重启设备吗？' } },
  { name: /upgrade|firmware|assets/i, ask: { en: 'Shall I update the device?', zh: '要升级设备吗？' } },
  {
    name: /wi_?fi|network|4g|cellular|sim_?card/i,
    ask: {
      en: 'Shall I change the network of the device? It will be offline.',
      zh: '要更改设备的网络吗？设备会断线。',
    },
  },
  { name: /factory|reset|erase|format/i, ask: { en: 'Shall I reset the device?', zh: '要重置设备吗？' } },
  { name: /shut_?down|power_?off/i, ask: { en: 'Shall I switch the device off?', zh: '要关机吗？' } },
];
/** Tools that only read something are never dangerous. */
const ASKS = /(?:^|[._])(?:[Gg]et|[Ii]s|[Hh]as|[Ll]ist|[Qq]uery|[Rr]ead|[Ss]how)(?:[._]|_?[A-Z]|$)/;

/** Lets every started call finish, because a device's tools run in its main task and cannot be cancelled. */
export const devicePolicy: ToolPolicy = ({ name, destructive }) => {
  const danger = ASKS.test(name) ? undefined : DANGEROUS.find((candidate) => candidate.name.test(name));
  return {
    effects: 'device',
    confirm: danger !== undefined || destructive,
    question: danger?.ask,
    finishes: true,
  };
};
