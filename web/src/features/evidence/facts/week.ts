// How a State counts its week: which day begins it, which days are free. By the State, not by the reader's language.
interface WeekInfo {
  firstDay: number;
  weekend: number[];
}

type WithWeek = Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

/** Days as calendars of Mantine count them: 0 is Sunday. */
export function weekOf(country: string): { firstDayOfWeek: 0 | 1 | 2 | 3 | 4 | 5 | 6; weekendDays: (0 | 1 | 2 | 3 | 4 | 5 | 6)[] } {
  const locale = new Intl.Locale(`und-${country}`) as WithWeek;
  const info = locale.getWeekInfo?.() ?? locale.weekInfo ?? { firstDay: 1, weekend: [6, 7] };
  const day = (number: number) => (number % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6;
  return { firstDayOfWeek: day(info.firstDay), weekendDays: info.weekend.map(day) };
}
