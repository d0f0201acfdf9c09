// A problem in the bar at the foot, for what has no place of its own on the page: what is wrong, and below it what to do.
import { useProblemText } from './useProblemText';

export function ProblemLines({ error }: { error: unknown }) {
  const { title, text } = useProblemText(error);
  return <><b>{title}</b><br />{text}</>;
}
