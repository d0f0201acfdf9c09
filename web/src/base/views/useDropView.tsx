import { useLingui } from '@lingui/react/macro';
import { showDone } from '../states/done';
import { ProblemLines } from '../states/ProblemLines';
import type { View, Views } from './useViews';

const showProblem = (error: unknown) => showDone({ text: <ProblemLines error={error} />, error: true });

/** Drops a view, and offers it back: nothing of it is lost by that. What the node refuses is said. */
export function useDropView(views: Views): (view: View) => void {
  const { t } = useLingui();
  return (view) => {
    const { name } = view;
    const takeBack = () => void views.putBack(view).catch(showProblem);
    void views.drop(view).then(() => showDone({ text: t`The view “${name}” is gone.`, takeBack }), showProblem);
  };
}
