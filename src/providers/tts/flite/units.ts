/** Units behind a number, as they are said: one, and several. */
const UNITS: readonly (readonly [string, string, string])[] = [
  ['km/h', 'kilometer per hour', 'kilometers per hour'],
  ['m/s', 'meter per second', 'meters per second'],
  ['mph', 'mile per hour', 'miles per hour'],
  ['km', 'kilometer', 'kilometers'],
  ['cm', 'centimeter', 'centimeters'],
  ['mm', 'millimeter', 'millimeters'],
  ['m', 'meter', 'meters'],
  ['ft', 'foot', 'feet'],
  ['lbs?', 'pound', 'pounds'],
  ['oz', 'ounce', 'ounces'],
  ['kg', 'kilogram', 'kilograms'],
  ['mg', 'milligram', 'milligrams'],
  ['g', 'gram', 'grams'],
  ['ml|mL', 'milliliter', 'milliliters'],
  ['[lL]', 'liter', 'liters'],
  ['ms', 'millisecond', 'milliseconds'],
  ['min', 'minute', 'minutes'],
  ['kWh', 'kilowatt hour', 'kilowatt hours'],
  ['kW', 'kilowatt', 'kilowatts'],
  ['W', 'watt', 'watts'],
  ['[kK]B', 'kilobyte', 'kilobytes'],
  ['MB', 'megabyte', 'megabytes'],
  ['GB', 'gigabyte', 'gigabytes'],
  ['TB', 'terabyte', 'terabytes'],
];
const PATTERNS = UNITS.map(
  ([unit, one, several]) =>
    [
      new RegExp(`(?<![\\w.,])(\\d[\\d,]*(?:\\.\\d+)?)\\s?(?:${unit})(\\^?[23])?(?![\\w/])`, 'gu'),
      one,
      several,
    ] as const,
);
const POWERS: Readonly<Record<string, string>> = { '2': 'square ', '3': 'cubic ' };

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const ISO_DATE = /(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])/gu;

/** Numbers with a unit, powers, and dates, in words. */
export function spellUnits(text: string): string {
  let spelled = text.replace(
    ISO_DATE,
    (_, year: string, month: string, day: string) => `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}`,
  );
  for (const [pattern, one, several] of PATTERNS)
    spelled = spelled.replace(
      pattern,
      (_, number: string, power: string | undefined) =>
        `${number} ${POWERS[power?.slice(-1) ?? ''] ?? ''}${number === '1' ? one : several}`,
    );
  return spelled
    .replace(/(?<=[\w)])\^2(?!\d)/gu, ' squared')
    .replace(/(?<=[\w)])\^3(?!\d)/gu, ' cubed')
    .replace(/(?<=[\w)])\^(-?\w+)/gu, ' to the power of $1');
}
