import type { Check, DoctorContext } from '../../check.js';
import { ok, type Finding, found } from '../../finding.js';
import { type DeviceTrial, picturesUrlOf, tryAsDevice } from '../../probe/device-trial.js';
import type { HttpOutcome } from '../../probe/http-outcome.js';
import { REACH } from './issues.js';
import { judgeOta } from './judge-ota.js';
import { judgeTls } from './judge-tls.js';
import { judgeAdvertised, judgeWebSocket } from './judge-websocket.js';
import { reachWords } from '../../words/reach.js';

export function judgeReach(
  { otaUrl, ota, tls, reply, websocket, pictures, bound }: DeviceTrial,
  wallMs: number,
): readonly Finding[] {
  const findings: Finding[] = [
    ...tls.flatMap((facts) => judgeTls(facts, wallMs)),
    ...judgeOta(otaUrl, ota, reply !== undefined),
    ...judgePictures(picturesUrlOf(otaUrl), pictures),
  ];
  if (reply !== undefined) {
    for (const { detail } of reply.violations) findings.push(found(REACH.answer, reachWords.violates(otaUrl, detail)));
    const advertised = reply.websocket;
    if (advertised === undefined || !/^wss?:\/\//.test(advertised.url) || !URL.canParse(advertised.url))
      findings.push(found(REACH.answer, reachWords.noWebSocket(otaUrl)));
    else
      findings.push(
        ...judgeAdvertised(otaUrl, advertised.url),
        ...onePerCause(
          judgeWebSocket({
            otaUrl,
            url: advertised.url,
            paired: bound || (reply.activation === undefined && advertised.token !== ''),
            outcome: websocket,
          }),
          judgeAdvertised(otaUrl, advertised.url),
        ),
      );
  }
  if (findings.length > 0) return findings;
  const hello = websocket?.kind === 'hello' ? Math.round(websocket.helloMs) : 0;
  return [ok('device', reachWords.ok(otaUrl, hello))];
}

/** Only Chorus refuses a picture without a token in this form, so the refusal shows that the picture arrived. */
function judgePictures(url: string, outcome: HttpOutcome | undefined): readonly Finding[] {
  if (outcome === undefined) return [];
  if (outcome.kind === 'answer' && outcome.body.startsWith('{"success":false')) return [];
  const what =
    outcome.kind === 'answer'
      ? reachWords.picturesRefused(url, outcome.status)
      : reachWords.unreachable(url, outcome.detail, outcome.code);
  return [found(REACH.pictures, what)];
}

/** A wrong address explains why the connection failed, so only the address is reported. */
function onePerCause(connection: readonly Finding[], address: readonly Finding[]): readonly Finding[] {
  return address.some(({ severity }) => severity === 'fault') ? [] : connection;
}

function addressesOf({ url, config, server }: DoctorContext): string | undefined {
  return url ?? config.server.public_url ?? server?.origin;
}

export const reachCheck: Check = {
  id: 'device',
  about: reachWords.about,
  where: 'there',
  issues: Object.values(REACH),
  async run(context) {
    const address = addressesOf(context);
    if (address === undefined) return [];
    return judgeReach(await tryAsDevice(address, context), context.clock.wallMs());
  },
};
