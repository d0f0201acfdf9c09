import { Plural } from '@lingui/react/macro';

/** The count, in words as far as one says it so. */
export function CountTitle({ count }: { count: number }) {
  return (
    <Plural
      value={count} _0="Nothing needs you today" _1="One thing needs you today" _2="Two things need you today" _3="Three things need you today"
      _4="Four things need you today" _5="Five things need you today" _6="Six things need you today" _7="Seven things need you today"
      _8="Eight things need you today" _9="Nine things need you today" one="# thing needs you today" other="# things need you today"
    />
  );
}
