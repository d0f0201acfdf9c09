// The tokens in both schemes, read from the style sheet itself: what is shown is what is in force.
import { useEffect, useRef, useState } from 'react';
import classes from './MarksPage.module.css';

const groups = [
  ['canvas', 'surface', 'sunken', 'line', 'control'],
  ['ink', 'ink2', 'ink3'],
  ['accent', 'accent-ink', 'accent-soft', 'accent-line'],
  ['amber', 'amber-soft'],
  ['red', 'red-soft', 'red-fill'],
  ['green', 'green-soft'],
  ['violet', 'violet-soft'],
  ['mark'],
];

function tokensOf(scheme: string): Record<string, string> {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSStyleRule && rule.selectorText.includes(`'${scheme}'`.replaceAll("'", '"')) && rule.style.getPropertyValue('--canvas')) {
        return Object.fromEntries([...rule.style].map((name) => [name.slice(2), rule.style.getPropertyValue(name).trim()]));
      }
    }
  }
  return {};
}

function Scheme({ scheme }: { scheme: 'light' | 'dark' }) {
  const place = useRef<HTMLDivElement>(null);
  const [tokens, setTokens] = useState<Record<string, string>>({});
  useEffect(() => {
    const read = tokensOf(scheme);
    for (const [name, value] of Object.entries(read)) place.current?.style.setProperty(`--${name}`, value);
    setTokens(read);
  }, [scheme]);
  return (
    <div ref={place} className={classes.scheme}>
      <p>{scheme === 'light' ? 'Light' : 'Dark'}</p>
      <div className={classes.swatches}>
        {groups.map((group) => (
          <div key={group[0]}>
            {group.map((name) => (
              <p key={name} className={classes.swatch}>
                <span className={classes.colour} style={{ background: tokens[name] }} />
                {name}
                <span className={classes.value}>{tokens[name]}</span>
              </p>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

export function Colours() {
  return <div className={classes.schemes}><Scheme scheme="light" /><Scheme scheme="dark" /></div>;
}
