import { useLingui } from '@lingui/react/macro';
import { showDone } from '../states/done';
import type { View, Views } from './useViews';

/** Drops a view, and offers it back: nothing of it is lost by that. */
export function useDropView(views: Views): (view: View) => void {
  const { t } = useLingui();
  return (view) => {
    const { name } = view;
    void views.drop(view).then(() => showDone({ text: t`The view “${name}” is gone.`, takeBack: () => void views.putBack(view) }));
  };
}
