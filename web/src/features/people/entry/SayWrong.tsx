import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ErrorState } from '../../../base/states/ErrorState';
import { useSayWrong } from './enrolment';
import classes from './Invitation.module.css';

export function SayWrong({ token }: { token: string }) {
  const { t } = useLingui();
  const [what, setWhat] = useState('');
  const say = useSayWrong(token);
  if (say.isSuccess) {
    return <p role="status"><Trans>The administrators know. Do not go on before they have answered.</Trans></p>;
  }
  return (
    <form className={classes.form} onSubmit={(event) => (event.preventDefault(), say.mutate(what.trim()))}>
      <Textarea
        label={t`What is wrong?`} value={what} onChange={({ currentTarget }) => setWhat(currentTarget.value)} required autosize minRows={2}
        maxLength={1000} w="100%" data-autofocus
      />
      <Button type="submit" variant="default" loading={say.isPending} disabled={!what.trim()}><Trans>Tell the administrators</Trans></Button>
      {say.error && <ErrorState error={say.error} />}
    </form>
  );
}
