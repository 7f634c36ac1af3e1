export interface Unit {
  readonly zh: string;
  readonly one: string;
  readonly many: string;
}

const unit = (zh: string, one: string, many = `${one}s`): Unit => ({ zh, one, many });

/** Units by their written sign. Upper and lower case differ. */
export const UNITS: Readonly<Record<string, Unit>> = {
  'km/h': unit('公里每小时', 'kilometer per hour', 'kilometers per hour'),
  'km/s': unit('公里每秒', 'kilometer per second', 'kilometers per second'),
  'm/s': unit('米每秒', 'meter per second', 'meters per second'),
  mph: unit('英里每小时', 'mile per hour', 'miles per hour'),
  'km²': unit('平方公里', 'square kilometer'),
  'm²': unit('平方米', 'square meter'),
  'cm²': unit('平方厘米', 'square centimeter'),
  'm³': unit('立方米', 'cubic meter'),
  km: unit('公里', 'kilometer'),
  cm: unit('厘米', 'centimeter'),
  mm: unit('毫米', 'millimeter'),
  nm: unit('纳米', 'nanometer'),
  m: unit('米', 'meter'),
  kg: unit('公斤', 'kilogram'),
  mg: unit('毫克', 'milligram'),
  g: unit('克', 'gram'),
  lb: unit('磅', 'pound'),
  lbs: unit('磅', 'pound'),
  oz: unit('盎司', 'ounce'),
  ft: unit('英尺', 'foot', 'feet'),
  ml: unit('毫升', 'milliliter'),
  mL: unit('毫升', 'milliliter'),
  l: unit('升', 'liter'),
  L: unit('升', 'liter'),
  kWh: unit('千瓦时', 'kilowatt hour'),
  kW: unit('千瓦', 'kilowatt'),
  MW: unit('兆瓦', 'megawatt'),
  mAh: unit('毫安时', 'milliampere hour'),
  W: unit('瓦', 'watt'),
  V: unit('伏', 'volt'),
  GHz: unit('吉赫兹', 'gigahertz', 'gigahertz'),
  MHz: unit('兆赫兹', 'megahertz', 'megahertz'),
  kHz: unit('千赫兹', 'kilohertz', 'kilohertz'),
  Hz: unit('赫兹', 'hertz', 'hertz'),
  Mbps: unit('兆比特每秒', 'megabit per second', 'megabits per second'),
  KB: unit('千字节', 'kilobyte'),
  kB: unit('千字节', 'kilobyte'),
  MB: unit('兆字节', 'megabyte'),
  GB: unit('吉字节', 'gigabyte'),
  TB: unit('太字节', 'terabyte'),
  dB: unit('分贝', 'decibel'),
  hPa: unit('百帕', 'hectopascal'),
  kPa: unit('千帕', 'kilopascal'),
  px: unit('像素', 'pixel'),
  kcal: unit('千卡', 'kilocalorie'),
  ms: unit('毫秒', 'millisecond'),
  min: unit('分钟', 'minute'),
  h: unit('小时', 'hour'),
  s: unit('秒', 'second'),
  '℃': unit('摄氏度', 'degree Celsius', 'degrees Celsius'),
  '°C': unit('摄氏度', 'degree Celsius', 'degrees Celsius'),
  '℉': unit('华氏度', 'degree Fahrenheit', 'degrees Fahrenheit'),
  '°F': unit('华氏度', 'degree Fahrenheit', 'degrees Fahrenheit'),
  '°': unit('度', 'degree'),
};

/** The longest sign comes first, so that `km/h` is not matched as `km`. */
const signs = Object.keys(UNITS).sort((a, b) => b.length - a.length);
export const UNIT = `(?:${signs.map((sign) => sign.replaceAll('/', String.raw`\/`)).join('|')})(?![A-Za-z0-9²³])`;

export interface Currency {
  readonly zh: string;
  readonly one: string;
  readonly many: string;
  readonly cent?: readonly [string, string];
}

export const CURRENCIES: Readonly<Record<string, Currency>> = {
  '¥': { zh: '元', one: 'yuan', many: 'yuan' },
  '￥': { zh: '元', one: 'yuan', many: 'yuan' },
  RMB: { zh: '元', one: 'yuan', many: 'yuan' },
  CNY: { zh: '元', one: 'yuan', many: 'yuan' },
  $: { zh: '美元', one: 'dollar', many: 'dollars', cent: ['cent', 'cents'] },
  US$: { zh: '美元', one: 'US dollar', many: 'US dollars', cent: ['cent', 'cents'] },
  HK$: { zh: '港元', one: 'Hong Kong dollar', many: 'Hong Kong dollars', cent: ['cent', 'cents'] },
  USD: { zh: '美元', one: 'US dollar', many: 'US dollars', cent: ['cent', 'cents'] },
  '€': { zh: '欧元', one: 'euro', many: 'euros', cent: ['cent', 'cents'] },
  EUR: { zh: '欧元', one: 'euro', many: 'euros', cent: ['cent', 'cents'] },
  '£': { zh: '英镑', one: 'pound', many: 'pounds', cent: ['penny', 'pence'] },
};
export const CURRENCY = String.raw`(?:US\$|HK\$|RMB|CNY|USD|EUR|[¥￥$€£])`;
