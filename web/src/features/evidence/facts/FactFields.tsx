// What is said about an exhibit, as fields: the same for taking in and for correcting.
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { useLingui as useMessages } from '@lingui/react';
import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Checkbox, MultiSelect, Select, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMemo } from 'react';
import { uses, type Use } from '../../../base/parts/Handling';
import { useFormat } from '../../../base/useFormat';
import { types } from '../queries';
import { hows, howWords, typeWords } from '../words';
import classes from './FactFields.module.css';
import { languageCodes } from './languages';
import type { FactValues } from './values';
import { WhenField } from './WhenField';

/** What was written in other exhibits of the case: offered while one types. */
export interface Known {
  where: string[];
  authority: string[];
  by: string[];
  from: string[];
}

interface Props {
  form: UseFormReturnType<FactValues>;
  known: Known;
  /** What the title is called, where it is not the exhibit's own. */
  titleLabel?: string;
  titleRequired?: boolean;
  titleHint?: string | undefined;
  /** What the kind is, where it may follow from the files: "By the files: Image". */
  kindByFiles?: string;
}

export function FactFields({ form, known, titleLabel, titleRequired = true, titleHint, kindByFiles }: Props) {
  const { _ } = useMessages();
  const { t } = useLingui();
  const format = useFormat();
  const languages = useMemo(
    () =>
      languageCodes
        .map((value) => ({ value: value as string, label: format.language(value) }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
    [format],
  );
  const { values, getInputProps, key } = form;
  return (
    <Stack gap={14}>
      <TextInput
        data-autofocus label={titleLabel ?? t`What it is`} description={titleHint} withAsterisk={false} required={titleRequired} maxLength={200} key={key('title')} {...getInputProps('title')}
      />
      <Select
        label={<Trans>Kind</Trans>} key={key('type')} {...getInputProps('type')}
        data={[...(kindByFiles ? [{ value: 'auto', label: kindByFiles }] : []), ...types.map((type) => ({ value: type as string, label: _(typeWords[type].word) }))]}
      />
      <Select
        label={<Trans>How it was obtained</Trans>} placeholder={t`Choose`} data={hows.map((how) => ({ value: how, label: _(howWords[how]) }))}
        key={key('how')} {...getInputProps('how')}
      />
      <div className={classes.pair}>
        <Autocomplete label={<Trans>Where</Trans>} data={known.where} limit={6} maxLength={400} key={key('where')} {...getInputProps('where')} />
        <WhenField label={<Trans>When</Trans>} value={values.when} onChange={(when) => form.setFieldValue('when', when)} error={form.errors.when} />
      </div>
      <Autocomplete label={<Trans>By whom</Trans>} data={known.by} limit={6} maxLength={200} key={key('by')} {...getInputProps('by')} />
      <Autocomplete
        label={<Trans>Under which authority</Trans>} data={known.authority} limit={6} maxLength={400} key={key('authority')} {...getInputProps('authority')}
      />
      <Autocomplete label={<Trans>From whom</Trans>} data={known.from} limit={6} maxLength={400} key={key('from')} {...getInputProps('from')} />
      <MultiSelect
        label={<Trans>Languages</Trans>} data={languages} searchable clearable maxValues={20} hidePickedOptions nothingFoundMessage={t`No language is called that`}
        key={key('languages')} {...getInputProps('languages')}
      />
      <div role="group" aria-labelledby="sensitivity" className={classes.group}>
        <p id="sensitivity" className={classes.legend}><Trans>What may be in it</Trans></p>
        <Checkbox label={<Trans>Shows or names a protected person</Trans>} key={key('protectedPerson')} {...getInputProps('protectedPerson', { type: 'checkbox' })} />
        <Checkbox label={<Trans>May show abuse of children: blurred until asked for</Trans>} key={key('harmful')} {...getInputProps('harmful', { type: 'checkbox' })} />
      </div>
      <Select
        label={<Trans>For what it may be used</Trans>} data={(Object.keys(uses) as Use[]).map((use) => ({ value: use, label: _(uses[use]) }))}
        key={key('use')} {...getInputProps('use')}
      />
      <Textarea label={<Trans>Conditions</Trans>} autosize minRows={1} maxRows={5} maxLength={1000} key={key('note')} {...getInputProps('note')} />
      <Textarea label={<Trans>Description</Trans>} autosize minRows={2} maxRows={8} maxLength={4000} key={key('description')} {...getInputProps('description')} />
    </Stack>
  );
}
