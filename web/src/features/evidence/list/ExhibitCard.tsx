// An exhibit on a narrow screen: number and state on one line, title, two facts.
import { Link } from '@tanstack/react-router';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { Handling } from '../../../base/parts/Handling';
import { useSpace } from '../../../base/space';
import { ExhibitState } from '../ExhibitState';
import type { ExhibitItem } from '../queries';
import classes from './EvidencePage.module.css';
import { ExhibitTitle } from './ExhibitTitle';
import { Obtained } from './useEvidenceColumns';

export function ExhibitCard({ exhibit }: { exhibit: ExhibitItem }) {
  const space = useSpace();
  return (
    <Link to="/cases/$space/evidence/$exhibit" params={{ space, exhibit: exhibit.id }} className={classes.card}>
      <span className={classes.cardLine}>
        <ExhibitNumber>{exhibit.number}</ExhibitNumber>
        <ExhibitState exhibit={exhibit} />
      </span>
      <ExhibitTitle exhibit={exhibit} />
      <span className={classes.cardLine}>
        <span className={classes.cardFact}><Obtained obtained={exhibit.obtained} /></span>
        <Handling use={exhibit.conditions.use} />
      </span>
    </Link>
  );
}
