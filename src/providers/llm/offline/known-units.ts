export type UnitKind = 'length' | 'area' | 'volume' | 'weight' | 'temperature' | 'speed' | 'time' | 'data';

/** `amount * factor + offset` is the amount in the base unit of the kind. */
export interface Unit {
  readonly kind: UnitKind;
  readonly factor: number;
  readonly offset?: number;
}

/** Names are separated by commas, without regular English plurals. */
type Row = readonly [names: string, factor: number, offset?: number];

const LITRE = 0.001;
const MU = 2000 / 3;

/** All factors are exact by definition, but months and years are averages of the Gregorian calendar. */
const TABLE: Readonly<Record<UnitKind, readonly Row[]>> = {
  length: [
    ['m,metre,meter,米,公尺', 1],
    ['km,kilometre,kilometer,千米,公里', 1000],
    ['dm,decimetre,decimeter,分米', 0.1],
    ['cm,centimetre,centimeter,厘米,公分', 0.01],
    ['mm,millimetre,millimeter,毫米', 0.001],
    ['in,inch,inches,",英寸', 0.0254],
    ["ft,foot,feet,',英尺", 0.3048],
    ['yd,yard,码', 0.9144],
    ['mi,mile,英里', 1609.344],
    ['nmi,nautical mile,海里', 1852],
    ['li,里,华里', 500],
    ['zhang,丈', 10 / 3],
    ['chi,尺', 1 / 3],
    ['cun,寸', 1 / 30],
  ],
  area: [
    ['m2,m²,sqm,square metre,square meter,平方米,平米', 1],
    ['km2,km²,square kilometre,square kilometer,平方公里,平方千米', 1e6],
    ['cm2,cm²,square centimetre,square centimeter,平方厘米', 1e-4],
    ['ha,hectare,公顷', 1e4],
    ['ft2,sqft,square foot,square feet,平方英尺', 0.3048 ** 2],
    ['square mile,平方英里', 1609.344 ** 2],
    ['acre,英亩', 4046.8564224],
    ['mu,亩', MU],
  ],
  volume: [
    ['m3,m³,cubic metre,cubic meter,立方米', 1],
    ['l,litre,liter,升,公升', LITRE],
    ['dl,decilitre,deciliter,分升', LITRE / 10],
    ['cl,centilitre,centiliter,厘升', LITRE / 100],
    ['ml,millilitre,milliliter,毫升,cm3,cm³', LITRE / 1000],
    ['cup,us cup,美制杯', 0.2365882365 * LITRE],
    ['tbsp,tablespoon,us tablespoon,汤匙,大勺', 0.01478676478125 * LITRE],
    ['tsp,teaspoon,us teaspoon,茶匙,小勺', 0.00492892159375 * LITRE],
    ['fl oz,us fluid ounce,fluid ounce,液盎司', 0.0295735295625 * LITRE],
    ['pint,us pint', 0.473176473 * LITRE],
    ['uk pint,imperial pint,英制品脱', 0.56826125 * LITRE],
    ['quart,us quart', 0.946352946 * LITRE],
    ['gallon,us gallon,加仑,美制加仑', 3.785411784 * LITRE],
    ['uk gallon,imperial gallon,英制加仑', 4.54609 * LITRE],
  ],
  weight: [
    ['kg,kilogram,kilo,千克,公斤', 1],
    ['g,gram,克', 0.001],
    ['mg,milligram,毫克', 1e-6],
    ['t,tonne,metric ton,吨', 1000],
    ['jin,catty,斤,市斤', 0.5],
    ['liang,两', 0.05],
    ['lb,lbs,pound,磅', 0.45359237],
    ['oz,ounce,盎司', 0.028349523125],
    ['stone,st,英石', 6.35029318],
    ['carat,ct,克拉', 0.0002],
  ],
  temperature: [
    ['k,kelvin,开尔文', 1],
    ['c,°c,℃,celsius,degree celsius,摄氏度,摄氏', 1, 273.15],
    ['f,°f,℉,fahrenheit,degree fahrenheit,华氏度,华氏', 5 / 9, 273.15 - (32 * 5) / 9],
  ],
  speed: [
    ['m/s,metre per second,meter per second,米每秒', 1],
    ['km/h,kmh,kph,kilometre per hour,kilometer per hour,公里每小时,千米每小时', 1 / 3.6],
    ['mph,mile per hour,英里每小时', 0.44704],
    ['kn,knot,节', 1852 / 3600],
  ],
  time: [
    ['s,sec,second,秒,秒钟', 1],
    ['ms,millisecond,毫秒', 0.001],
    ['min,minute,分钟,分', 60],
    ['h,hr,hour,小时,钟头', 3600],
    ['d,day,天,日', 86_400],
    ['week,周,星期', 604_800],
    ['month,月,个月', 2_629_746],
    ['year,yr,年', 31_556_952],
  ],
  data: [
    ['byte,字节', 1],
    ['bit,比特', 1 / 8],
    ['kb,kilobyte', 1e3],
    ['mb,megabyte,兆', 1e6],
    ['gb,gigabyte', 1e9],
    ['tb,terabyte', 1e12],
    ['kib,kibibyte', 1024],
    ['mib,mebibyte', 1024 ** 2],
    ['gib,gibibyte', 1024 ** 3],
    ['tib,tebibyte', 1024 ** 4],
  ],
};

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (Object.entries(TABLE) as [UnitKind, readonly Row[]][]).flatMap(([kind, rows]) =>
    rows.flatMap(([names, factor, offset]) =>
      names.split(',').map((name): [string, Unit] => [name, { kind, factor, ...(offset !== undefined && { offset }) }]),
    ),
  ),
);

export function findUnit(name: string): Unit | undefined {
  const plain = name
    .toLowerCase()
    .replace(/[._\s]+/gu, ' ')
    .trim();
  // The plural can be inside the name: "degrees Fahrenheit", "miles per hour". "celsius" and "US" are not plurals.
  const singular = plain.replace(/(?<![us])s(?= |$)/gu, '');
  return UNITS.get(plain) ?? UNITS.get(singular) ?? UNITS.get(singular.replace(/ie$/u, 'y'));
}
