// "page 12 / 38": where one is, and a field that leads to another page.
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { useFormat } from '../../../base/useFormat';
import classes from './Viewer.module.css';

export function PdfPageTools({ page, pages, onGo }: { page: number; pages: number; onGo: (page: number) => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const [typed, setTyped] = useState<string>();
  const all = format.number(pages);
  const field = (
    <input
      className={classes.pageField} inputMode="numeric" aria-label={t`Page`} value={typed ?? String(page)}
      style={{ width: `calc(${Math.max(2, String(pages).length)}ch + 12px)` }}
      onChange={({ currentTarget }) => setTyped(currentTarget.value.replace(/\D/g, ''))}
      onFocus={({ currentTarget }) => currentTarget.select()}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && typed) onGo(Number(typed));
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault(); // it leaves the field, not the page
        event.currentTarget.blur();
      }}
    />
  );
  return <span className={classes.pageTool}><Trans>page {field} / {all}</Trans></span>;
}
