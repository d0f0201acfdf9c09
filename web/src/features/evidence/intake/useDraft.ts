// What was typed about the files survives a reload with them.
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { FactValues } from '../facts/values';
import { get, put } from './tray/db';

export function useDraft(space: string, form: UseFormReturnType<FactValues>): boolean {
  const [ready, setReady] = useState(false);
  const set = useRef(form.setValues);
  useEffect(() => {
    let wanted = true;
    void get('drafts', space).then((draft) => {
      if (!wanted) return;
      if (draft) set.current(draft.values);
      setReady(true);
    });
    return () => void (wanted = false);
  }, [space]);
  const keep = useDebouncedCallback((values: FactValues) => void put('drafts', { space, values }), 400);
  const { values } = form;
  useEffect(() => {
    if (ready) keep(values);
  }, [ready, values, keep]);
  return ready;
}
