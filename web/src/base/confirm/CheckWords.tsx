// The check words of an act, where it is confirmed and where its record is read: who depends on it compares both by telephone.
import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { checkWordsOf } from './checkWords';
import { decode } from './confirmation';
import classes from './ConfirmAct.module.css';

/** @act: its bytes, base64url; undefined as long as they do not stand. */
export function CheckWords({ act }: { act: string | undefined }) {
  const words = useWords(act);
  return (
    <div className={classes.check}>
      <p className="meta"><Trans>Check words of this act</Trans></p>
      <p className={classes.words} role="status">{words ? <bdi lang="en" dir="ltr">{words}</bdi> : <Trans>They come once the sentence is complete.</Trans>}</p>
      <p className="meta">
        <Trans>A passkey shows no text: it trusts this page. Whoever reads the record sees the same words: where much depends on it, compare both by telephone.</Trans>
      </p>
    </div>
  );
}

export function useWords(act: string | undefined): string | undefined {
  return useQuery({
    queryKey: ['check-words', act],
    queryFn: async () => (await checkWordsOf(decode(act!))).join(' · '),
    enabled: act !== undefined,
    staleTime: Infinity,
  }).data;
}
