import { auto } from './auto.js';
import { burst } from './burst.js';
import { connections } from './connections.js';
import { echo } from './echo.js';
import { firstTurn } from './first-turn.js';
import { idle } from './idle.js';
import { kills } from './kills.js';
import { limits } from './limits.js';
import { memory } from './memory.js';
import { metricsOverhead } from './metrics-overhead.js';
import { neighbours } from './neighbours.js';
import { one } from './one.js';
import { overload } from './overload.js';
import { pacing } from './pacing.js';
import { reload } from './reload.js';
import { restart } from './restart.js';
import { runtimes } from './runtimes.js';
import { several } from './several.js';
import { storms } from './storms.js';
import { soak } from './soak.js';

const [what = 'one', count, seconds] = process.argv.slice(2);
const measurements: Readonly<Record<string, () => Promise<boolean>>> = {
  one: () => one(Number(count ?? 20)),
  several: () => several(Number(count ?? 5), Number(seconds ?? 120) * 1000),
  pacing,
  burst: () => burst(Number(count ?? 10)),
  echo: () => echo(Number(count ?? 300) * 1000),
  memory,
  connections: () => connections(count ?? 'both'),
  metrics: metricsOverhead,
  kills: () => kills(Number(count ?? 20), Number(seconds ?? 300)),
  overload: () => overload(Number(count ?? 100), seconds === undefined ? undefined : Number(seconds)),
  auto: () => auto(count === '-' ? undefined : count, Number(seconds ?? 60)),
  'first-turn': () => firstTurn(Number(count ?? 3)),
  limits: () => limits(count ?? 'auto', Number(seconds ?? 600)),
  restart: () => restart(Number(count ?? 20)),
  storms: () => storms(count ?? 'all', Number(seconds ?? 300) * 1000),
  neighbours: () => neighbours(count ?? 'both', Number(seconds ?? 28) * 1000),
  idle: () => idle(Number(count ?? 1000)),
  reload: () => reload(Number(count ?? 20), Number(seconds ?? 20)),
  runtimes: () => runtimes(process.argv.slice(3)),
  soak: () => soak(Number(count ?? 10), Number(seconds ?? 60)),
};
const measure = measurements[what];
if (!measure)
  console.error(
    'usage: npm run bench -- one [TURNS] | several [DEVICES] [SECONDS] | pacing | burst [ROUNDS] | echo [SECONDS] | memory | connections [both|idle|talking] | metrics | restart [DEVICES] | kills [DEVICES] [SECONDS] | overload [SECONDS] [DEVICES] | auto [FOUND.json|-] [SECONDS] | first-turn [STARTS] | limits [auto|2c4g] [SECONDS] | storms [all|wake|boot|churn] [SECONDS] | neighbours [both|monologue|flood] [SECONDS] | idle [DEVICES] | reload [DEVICES] [TIMES] | soak [DEVICES] [MINUTES] | runtimes [VERSION ...]',
  );
process.exitCode = (await measure?.()) === true ? 0 : 1;
