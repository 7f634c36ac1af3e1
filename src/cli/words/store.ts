import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    backup: 'copy the database into the data folder (backups/, for its owner alone), while a server runs',
    restore: 'put a copy in the place of the database; what is there is kept first. Stop the server before',
    check: 'look through the whole database; exit code 4 when it is damaged',
    out: 'write this file instead; it must not exist',
    portable: 'as lines of JSON, which can be restored into any database (PostgreSQL always is)',
    source: 'file, or id of a copy, see `chorus store list`',
    after: `
Moving to PostgreSQL (the server is stopped meanwhile):
  chorus store backup --out all.db             copy what there is
  (set store.url)
  chorus store restore all.db                  into the new database`,
  },
  made: (file: string, megabytes: string) => `Copied to ${file} (${megabytes} MB).`,
  notMade: 'Interrupted: no copy was made, and nothing of it is left.',
  notChecked: 'Interrupted: the database was not looked through.',
  goesOn: 'It goes on to its end, which is near. Once more Ctrl+C stops it; then the database is as it was.',
  unknown: (what: string) => `there is neither a file nor a copy ${what}; \`chorus store list\` shows the copies`,
  restored: (place: string) => `Restored into ${place}:`,
  kept: (file: string) => `What was there before is in ${file}.`,
  good: (place: string) => `${place} is in order.`,
  empty: (place: string) => `${place} is empty; the first start of the server makes its tables.`,
  bad: (place: string) => `${place} is damaged:`,
  facts: (schema: string, megabytes: string) => `Schema ${schema}, ${megabytes} MB`,
  pending: (migrations: string) => `The next start of the server will run ${migrations}, after a copy was made.`,
  row: (table: string, n: number) => `  ${table}: ${n}`,
  tables: {
    devices: 'devices',
    activations: 'pairings under way',
    serial_keys: 'keys of serial numbers',
    secrets: 'secrets of the server',
    agents: 'agents',
    firmware_releases: 'firmware releases',
    firmware_installs: 'firmware installs',
    turns: 'turns',
    spending: 'what paid services were used for',
    notices: 'reminders and messages that wait',
    tool_data: 'notes, lists and the like',
  } as Readonly<Record<string, string>>,
};

const zh: typeof en = {
  help: {
    backup: '把数据库备份到数据文件夹（backups/，只有所有者能读）；服务器可以照常运行',
    restore: '用备份替换数据库；会先备份现有内容。请先停掉服务器',
    check: '检查整个数据库；有损坏时退出码为 4',
    out: '改为写到这个文件；它不能已经存在',
    portable: '写成 JSON 行，可以恢复到任何数据库（PostgreSQL 总是这样）',
    source: '文件，或备份的编号，见 `chorus store list`',
    after: `
搬到 PostgreSQL（期间服务器要停）：
  chorus store backup --out all.db             备份现有内容
  （设置 store.url）
  chorus store restore all.db                  恢复到新的数据库`,
  },
  made: (file, megabytes) => `已备份到 ${file}（${megabytes} MB）。`,
  notMade: '已中断：没有生成备份，也没有留下残余文件。',
  notChecked: '已中断：数据库没有检查完。',
  goesOn: '马上就完成，会继续做完。再按一次 Ctrl+C 立即停止，数据库保持原样。',
  unknown: (what) => `没有文件或备份 ${what}；用 \`chorus store list\` 查看备份`,
  restored: (place) => `已恢复到 ${place}：`,
  kept: (file) => `原来的内容在 ${file}。`,
  good: (place) => `${place} 完好。`,
  empty: (place) => `${place} 是空的；服务器第一次启动时会建表。`,
  bad: (place) => `${place} 已损坏：`,
  facts: (schema, megabytes) => `结构版本 ${schema}，${megabytes} MB`,
  pending: (migrations) => `服务器下次启动时会先备份，再执行 ${migrations}。`,
  row: (table, n) => `  ${table}：${n}`,
  tables: {
    devices: '设备',
    activations: '进行中的配对',
    serial_keys: '序列号密钥',
    secrets: '服务器密钥',
    agents: '智能体',
    firmware_releases: '固件版本',
    firmware_installs: '固件安装记录',
    turns: '对话记录',
    spending: '付费服务的用量',
    notices: '等待播报的提醒和留言',
    tool_data: '便签、清单等',
  },
};

type StoreWords = typeof en;
export const storeWords: Readonly<Record<UiLanguage, StoreWords>> = { en, zh };
