// What happened, newest first: the sentence, when, and whether it is proven.
import type { Schemas } from '../../../api/client';
import { MarkShape } from '../../../base/marks/StateMark';
import { useFormat } from '../../../base/useFormat';
import { RecordSentence } from '../../../base/words/RecordSentence';
import classes from './Happened.module.css';

export function Happened({ records, space }: { records: readonly Schemas['Record'][]; space: string }) {
  const format = useFormat();
  return (
    <ol className={classes.list}>
      {records.map((record) => (
        <li key={record.leaf} className={classes.line}>
          <MarkShape mark={record.class === 'void' ? 'void' : record.class === 'erased' ? 'erased' : 'proven'} size={15} />
          <span><RecordSentence record={record} space={space} /></span>
          <time dateTime={record.time} className={classes.time}>{format.dateTime(record.time)}</time>
        </li>
      ))}
    </ol>
  );
}
