// What happened, newest first: when, at whose side, the sentence, and whether it is proven.
import type { Schemas } from '../../../api/client';
import { StateMark } from '../../../base/marks/StateMark';
import { StateTile, useTileKind } from '../../../base/parts/StateTiles';
import type { Case } from '../../../base/space';
import { useFormat } from '../../../base/useFormat';
import { RecordSentence } from '../../../base/words/RecordSentence';
import classes from './Happened.module.css';

export function Happened({ records, one }: { records: readonly Schemas['Record'][]; one: Case }) {
  const format = useFormat();
  const kindOf = useTileKind();
  return (
    <ol className={classes.list}>
      {records.map((record) => {
        const party = one.parties.find(({ node }) => node === record.node);
        return (
          <li key={record.leaf} className={classes.line}>
            <time dateTime={record.time} title={format.exact(record.time)} className={classes.time}>{format.changed(record.time)}</time>
            {party ? <StateTile code={party.country} kind={kindOf(party)} /> : <span />}
            <span><RecordSentence record={record} space={one.id} /></span>
            <StateMark mark={record.class === 'void' ? 'void' : record.class === 'erased' ? 'erased' : 'proven'} />
          </li>
        );
      })}
    </ol>
  );
}
