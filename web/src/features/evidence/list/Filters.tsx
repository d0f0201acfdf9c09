// The tools of the list: search, kind, sealed or not. What is set stands in the address bar.
import { useLingui as useMessages } from '@lingui/react';
import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import { SearchField } from '../../../base/table/SearchField';
import type { EvidenceSearch } from '../queries';
import { types } from '../queries';
import { typeWords } from '../words';
import classes from './EvidencePage.module.css';

interface Props {
  search: EvidenceSearch;
  onChange: (next: Partial<EvidenceSearch>) => void;
}

export function Filters({ search, onChange }: Props) {
  const { _ } = useMessages();
  const { t } = useLingui();
  const sealed = search.sealed === undefined ? 'all' : String(search.sealed);
  return (
    <>
      <SearchField hint={t`Title, number, description`} value={search.q} onSearch={(q) => onChange({ q: q || undefined })} />
      <span className={classes.filters}>
        <Select
          aria-label={t`Kind`} w={176} value={search.type ?? 'all'}
          data={[{ value: 'all', label: t`Kind: all` }, ...types.map((type) => ({ value: type, label: _(typeWords[type].word) }))]}
          onChange={(type) => onChange({ type: type === 'all' ? undefined : (type as EvidenceSearch['type']) })}
        />
        <Select
          aria-label={t`Seal`} w={176} value={sealed}
          data={[
            { value: 'all', label: t`Sealed or not` },
            { value: 'true', label: t`Sealed` },
            { value: 'false', label: t`Not sealed` },
          ]}
          onChange={(value) => onChange({ sealed: value === 'all' || value === null ? undefined : value === 'true' })}
        />
      </span>
    </>
  );
}
