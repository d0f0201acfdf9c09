// Numbers of exhibits, orders, cases: left to right in every language, never broken at the hyphen.
export function ExhibitNumber({ children }: { children: string }) {
  return <bdi dir="ltr" className="nowrap">{unbroken(children)}</bdi>;
}

/** For a number inside a sentence of the catalogue. */
export function unbroken(number: string): string {
  return number.replaceAll('-', '\u2011');
}
