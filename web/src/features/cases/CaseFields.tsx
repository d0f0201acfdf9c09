// What stands on a case's cover; the same fields when it is opened and when it is corrected.
import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

export interface CaseValues {
  reference: string;
  title: string;
  offence: string;
  summary: string;
}

export function CaseFields({ form, opening }: { form: UseFormReturnType<CaseValues>; opening?: boolean }) {
  const { t } = useLingui();
  return (
    <>
      <TextInput
        label={<Trans>Title</Trans>} description={<Trans>What people call the case. No name of a victim.</Trans>} data-autofocus maxLength={200}
        required key={form.key('title')} {...form.getInputProps('title')}
      />
      <TextInput
        label={<Trans>Number</Trans>} maxLength={100} dir="ltr" placeholder={opening ? t`The next one of the year` : undefined}
        description={opening ? <Trans>Your authority’s own number. Left empty, this node gives the next one.</Trans> : <Trans>Your authority’s own number.</Trans>}
        key={form.key('reference')} {...form.getInputProps('reference')}
      />
      <TextInput label={<Trans>Offence</Trans>} description={<Trans>As the law names it.</Trans>} maxLength={400} key={form.key('offence')} {...form.getInputProps('offence')} />
      <Textarea
        label={<Trans>What it is about</Trans>} description={<Trans>Three sentences. Protected persons by code name only.</Trans>} autosize minRows={3} maxRows={10}
        maxLength={4000} key={form.key('summary')} {...form.getInputProps('summary')}
      />
    </>
  );
}
