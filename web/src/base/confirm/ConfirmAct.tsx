// The dialog of every act of legal weight: the fields at the start, and beside them the sentence that is confirmed,
// rebuilt as one types; what follows from it; the check words; the passkey; all bytes of the act one click away. A passkey
// shows no text, and the page says so.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, UnstyledButton } from '@mantine/core';
import { msg } from '@lingui/core/macro';
import { IconFingerprint } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useKeys } from '../keys/registry';
import { BindingSentence } from '../parts/Binding';
import { ErrorState } from '../states/ErrorState';
import { ActBytes } from './ActBytes';
import { CheckWords } from './CheckWords';
import classes from './ConfirmAct.module.css';
import type { Prepared } from './confirmation';
import { useConfirm } from './useConfirm';

export interface Consequence {
  icon: ReactNode;
  text: ReactNode;
}

interface Props<Result> {
  onClose: () => void;
  title: ReactNode;
  lead?: ReactNode;
  /** The form; an act without choices has none. */
  fields?: ReactNode;
  /** The sentence, with the values of the form in it. */
  sentence: ReactNode;
  /** What follows, who sees it, whether it can be taken back. */
  consequences: readonly Consequence[];
  /** The form is complete. */
  ready: boolean;
  /** Words would be lost by closing. */
  dirty?: boolean;
  /** For erasing and destroying. */
  danger?: boolean;
  /** "Nothing is handed over before your passkey has answered." */
  nothingYet: ReactNode;
  /** Stands for the values of the form: another value prepares the act anew. */
  about: string;
  prepare: () => Promise<{ confirm: Prepared }>;
  onDone: (result: Result) => void;
}

export function ConfirmAct<Result>(props: Props<Result>) {
  const { t } = useLingui();
  const [leaving, setLeaving] = useState(false);
  const [bytes, setBytes] = useState(false);
  const { confirm, preparing, prepareNow, shown } = useConfirm<Result>(props);
  const close = () => (props.dirty && !leaving ? setLeaving(true) : props.onClose());
  const go = () => {
    if (shown && !confirm.isPending) confirm.mutate(shown);
  };
  useKeys([{ chord: ['Mod+Enter'], label: msg`Confirm with passkey`, run: go, dialog: true }]);
  return (
    <Modal.Root opened onClose={close} size={props.fields ? 860 : 500} centered closeOnClickOutside={false}>
      <Modal.Overlay />
      <Modal.Content radius="lg">
        <Modal.Body p={0}>
          <form
            className={classes.act} data-with-fields={props.fields ? true : undefined}
            onSubmit={(event) => (event.preventDefault(), go())}
          >
            <div className={classes.form}>
              <div>
                <Modal.Title>{props.title}</Modal.Title>
                {props.lead && <p className={classes.lead}>{props.lead}</p>}
              </div>
              {props.fields}
            </div>
            <div className={classes.law}>
              <p className={classes.intro}><Trans>You are about to confirm, in your name:</Trans></p>
              <BindingSentence size="act" lined>{props.sentence}</BindingSentence>
              <ul className={classes.consequences}>
                {props.consequences.map(({ icon, text }, at) => <li key={at}>{icon}<span>{text}</span></li>)}
              </ul>
              <CheckWords act={shown?.act} />
              {(preparing ?? confirm.error) && <ErrorState error={preparing ?? confirm.error} onRetry={preparing && props.ready ? () => prepareNow() : undefined} />}
              {leaving && (
                <p role="alert" className={classes.leaving}>
                  <Trans>What you typed here will be lost.</Trans>{' '}
                  <UnstyledButton className={classes.link} onClick={props.onClose}><Trans>Leave it</Trans></UnstyledButton>
                </p>
              )}
              <Group gap={10}>
                <Button
                  type="submit" size="md" color={props.danger ? 'red' : undefined} disabled={!shown} loading={confirm.isPending}
                  leftSection={<IconFingerprint size={18} stroke={1.7} />}
                >
                  <Trans>Confirm with passkey</Trans>
                </Button>
                <Button size="md" variant="default" onClick={close} aria-label={t`Not now`}><Trans>Not now</Trans></Button>
              </Group>
              <p className="meta">
                {props.nothingYet}{' '}
                <UnstyledButton className={classes.link} disabled={!shown} aria-expanded={bytes} onClick={() => setBytes(!bytes)}><Trans>All bytes of the act</Trans></UnstyledButton>
              </p>
              {bytes && shown && <ActBytes prepared={shown} />}
            </div>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
