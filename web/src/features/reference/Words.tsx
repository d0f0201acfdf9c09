// The words of an OpenAPI document: paragraphs, with **strong** and `code` in them. They are in English, whatever the
// language of the app: they are a specification.
import { Fragment, type ReactNode } from 'react';
import classes from './Reference.module.css';

function marked(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((piece, at) => {
    if (piece.startsWith('**')) return <strong key={at}>{piece.slice(2, -2)}</strong>;
    if (piece.startsWith('`')) return <code key={at}>{piece.slice(1, -1)}</code>;
    return <Fragment key={at}>{piece}</Fragment>;
  });
}

export function Words({ children = '' }: { children?: string | undefined }) {
  const paragraphs = children.split(/\n\s*\n/).filter((paragraph) => paragraph.trim());
  if (paragraphs.length === 0) return null;
  return <div lang="en" dir="ltr" className={classes.words}>{paragraphs.map((paragraph, at) => <p key={at}>{marked(paragraph)}</p>)}</div>;
}
