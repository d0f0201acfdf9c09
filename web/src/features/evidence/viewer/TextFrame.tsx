// A text of the case, in a frame of an origin of its own: whatever stands in it is words, and nothing in it runs. Long
// texts come in pages of a mebibyte.
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useKeys } from '../../../base/keys/registry';
import { PdfPageTools } from './PdfPageTools';
import type { Reading } from './readings';
import { Tools } from './Tools';
import classes from './Viewer.module.css';

export function TextFrame({ reading, file, name }: { reading: Reading; file: number; name: string }) {
  const { t } = useLingui();
  const [page, setPage] = useState(1);
  const { data: pages = 1 } = useQuery({
    queryKey: ['reading', reading.at, file],
    queryFn: async () => Number((await fetch(reading.url(file), { method: 'HEAD', credentials: 'omit' })).headers.get('Text-Pages') ?? 1),
    staleTime: Infinity,
  });
  const go = (to: number) => setPage(Math.max(1, Math.min(pages, to)));
  useKeys([
    { chord: ['BracketRight'], label: msg`Next page`, run: () => go(page + 1) },
    { chord: ['BracketLeft'], label: msg`Previous page`, run: () => go(page - 1) },
  ]);
  return (
    <>
      {pages > 1 && <Tools><PdfPageTools page={page} pages={pages} onGo={go} /></Tools>}
      <iframe key={page} className={classes.frame} sandbox="" src={reading.url(file, { page })} title={t`Text of ${name}`} referrerPolicy="no-referrer" />
    </>
  );
}
