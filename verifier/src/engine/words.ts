/** The small words of the format (section 2): times, names, ids. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isTime(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z$/.exec(text);
  if (!found || text.length !== 24) return false;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [number, number, number, number, number, number];
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return false;
  return day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

export function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found || text.length !== 10) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

/** A grammar that must fit the whole text. */
const whole = (pattern: string) => {
  const expression = new RegExp(`^(?:${pattern})$`);
  return (text: string): boolean => expression.test(text);
};

export const HEX64 = '[0-9a-f]{64}';
export const NODE = '[a-z0-9.-]{1,136}';
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const ID = '[A-Za-z0-9-]{0,64}';
export const isHash = whole(HEX64);
export const isNode = whole(NODE);
export const isUuid = whole(UUID);
export const isId = whole(ID);
export const isEpoch = whole('[0-9a-f]{16}');
export const isEntity = whole(`${NODE}/${ID}`);
/** Names of feeds within a lane. */
export const isFeedName = whole(`${NODE}/[0-9a-f]{16}`);
