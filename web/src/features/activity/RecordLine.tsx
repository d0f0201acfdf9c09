import { Trans } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { type Mark, MarkShape } from '../../base/marks/StateMark';
import { useFormat } from '../../base/useFormat';
import { RecordSentence } from '../../base/words/RecordSentence';
import type { Record_ } from './queries';
import classes from './RecordPage.module.css';

const marks: Partial<Record<Record_['class'], Mark>> = { void: 'void', unknown: 'void', frozen: 'void', actless: 'withheld', erased: 'erased' };

export function markOf(record: Record_): Mark {
  if (record.proof.state === 'damaged') return 'damaged';
  return marks[record.class] ?? (record.proof.state === 'cosigned' ? 'cosigned' : 'proven');
}

export function RecordLine({ record, space, onOpen }: { record: Record_; space: string; onOpen: () => void }) {
  const format = useFormat();
  return (
    <li className={classes.line}>
      <time dateTime={record.time} className={classes.time}>{format.time(record.time)}</time>
      <MarkShape mark={markOf(record)} size={15} />
      <span>
        <RecordSentence record={record} space={space} />
        {record.class === 'void' && <span className={classes.reason}><Trans>Without effect</Trans>: {record.reason}</span>}
      </span>
      <UnstyledButton className="link" onClick={onOpen}><Trans>Proof</Trans></UnstyledButton>
    </li>
  );
}
