// On paper alone: whose file this is, its number and classification, and when it was printed. The page numbers stand in
// the margin (global.css).
import { Trans } from '@lingui/react/macro';
import { type Level, Classification } from '../parts/Classification';
import { useMe } from '../session';
import { useFormat } from '../useFormat';
import classes from './PrintHead.module.css';

export function PrintHead({ number, level }: { number: string; level?: Level }) {
  const { node, person } = useMe();
  const format = useFormat();
  const when = format.exact(new Date());
  const who = person.name;
  return (
    <div className={classes.head}>
      <span><b><bdi>{node.title}</bdi></b></span>
      <bdi dir="ltr">{number}</bdi>
      {level && <Classification level={level} />}
      <span><Trans>printed {when} by <bdi>{who}</bdi></Trans></span>
    </div>
  );
}
