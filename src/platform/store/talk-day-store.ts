import type { Database } from './database.js';
import { fromRow } from './row-mapping.js';
import type { TalkDay, TalkDayStore } from './talk-day-port.js';

export class KyselyTalkDayStore implements TalkDayStore {
  constructor(private readonly database: Database) {}

  talkDay(deviceId: string, day: string): Promise<TalkDay | undefined> {
    return this.database.read('read the talk of a day', async (db) => {
      const row = await db
        .selectFrom('talk_days')
        .selectAll()
        .where('device_id', '=', deviceId)
        .where('day', '=', day)
        .executeTakeFirst();
      return row && fromRow<TalkDay>(row, {});
    });
  }

  addTalk(days: readonly TalkDay[], keepFrom: string): Promise<void> {
    if (days.length === 0) return Promise.resolve();
    return this.database.write('count the talk of a day', async (tx) => {
      for (const { deviceId, day, talkMs, characters } of days) {
        const known = tx.selectFrom('devices').select('device_id').where('device_id', '=', deviceId);
        if (!(await known.executeTakeFirst())) continue;
        await tx
          .insertInto('talk_days')
          .values({ device_id: deviceId, day, talk_ms: Math.round(talkMs), characters })
          .onConflict((c) =>
            c.columns(['device_id', 'day']).doUpdateSet((e) => ({
              talk_ms: e('talk_days.talk_ms', '+', Math.round(talkMs)),
              characters: e('talk_days.characters', '+', characters),
            })),
          )
          .execute();
      }
      await tx.deleteFrom('talk_days').where('day', '<', keepFrom).execute();
    });
  }
}
