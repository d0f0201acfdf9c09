// On paper alone: whose file this is, its number and classification, who shares it by name, and who printed it when. The number
// stands on every page, beside the pages' own numbers in the margin (global.css).
import { Trans } from '@lingui/react/macro';
import { useEffect } from 'react';
import { type Level, Classification } from '../parts/Classification';
import { useMe } from '../session';
import { useFormat } from '../useFormat';
import classes from './PrintHead.module.css';
import { usePrinting } from './usePrinting';

interface Props {
  number: string;
  /** Authorities that share it. */
  parties: readonly string[];
  level?: Level;
}

// eslint-disable-next-line lingui/no-unlocalized-strings -- a name of the style sheets
const place = '--print-number';

export function PrintHead({ number, parties, level }: Props) {
  const { node, person } = useMe();
  const format = useFormat();
  const when = format.exact(new Date());
  const who = person.name;
  const printing = usePrinting();
  const readers = format.list([...parties]);
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty(place, JSON.stringify(number));
    return () => void style.removeProperty(place);
  }, [number]);
  if (!printing) return null;
  return (
    <div className={classes.head}>
      <span><b><bdi>{node.title}</bdi></b></span>
      <bdi dir="ltr">{number}</bdi>
      {level && <Classification level={level} />}
      <span><Trans>shared by <bdi>{readers}</bdi></Trans></span>
      <span><Trans>printed {when} by <bdi>{who}</bdi></Trans></span>
    </div>
  );
}
