// How long a person has looked at harmful material today, in this browser: for their own protection, told to nobody.
const place = 'comity.seen';

interface Seen {
  day: string;
  seconds: number;
}

export function seenToday(): number {
  try {
    const seen = JSON.parse(localStorage.getItem(place) ?? 'null') as Seen | null;
    return seen?.day === new Date().toDateString() ? seen.seconds : 0;
  } catch {
    return 0; // storage is refused
  }
}

export function addSeen(seconds: number): number {
  const total = seenToday() + seconds;
  try {
    localStorage.setItem(place, JSON.stringify({ day: new Date().toDateString(), seconds: total }));
  } catch {
    // storage is refused: only this page counts
  }
  return total;
}
