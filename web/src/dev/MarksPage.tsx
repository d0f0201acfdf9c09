// Development only: every mark, colour and type size on one page, to be laid beside the design. Its texts are samples
// and stand in no catalogue.
import { Button, Checkbox, Group, TextInput } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { type Mark, MarkShape } from '../base/marks/StateMark';
import { Logo } from '../base/page/Logo';
import { BindingSentence } from '../base/parts/Binding';
import { Classification } from '../base/parts/Classification';
import { Handling } from '../base/parts/Handling';
import { StateTile } from '../base/parts/StateTiles';
import { Tag } from '../base/parts/Tag';
import { DoneCard } from '../base/states/DoneBar';
import { Notice } from '../base/states/Notice';
import { Colours } from './Colours';
import classes from './MarksPage.module.css';

const marks: [Mark, string, string][] = [
  ['proven', 'Proven', 'Signature, order and hash hold'],
  ['cosigned', 'Countersigned by 2', 'Other authorities checked the history and signed'],
  ['claimed', 'Claimed only', 'The writer says so; nothing proves the time'],
  ['sealed', 'Sealed', 'Bytes fixed; opens by two persons'],
  ['waiting', 'Waiting', 'Someone must act'],
  ['simultaneous', 'At the same time', 'Neither came first'],
  ['conflict', 'Two values', 'Both stand until settled'],
  ['withheld', 'Withheld', 'Exists, not shown, reason given'],
  ['erased', 'Erased', 'Gone by order; proofs still hold'],
  ['void', 'Without effect', 'Written without authority'],
  ['damaged', 'Damaged', 'Bytes or proof do not match'],
  ['protected', 'Protected person', 'Code name; unlock by two'],
  ['harmful', 'Shown on request', 'Blurred and silent until asked'],
];

const tiles: [[string, 'own' | 'foreign' | 'excluded'][], string][] = [
  [[['ALV', 'own'], ['BRE', 'excluded'], ['CST', 'excluded']], 'only us'],
  [[['ALV', 'own'], ['BRE', 'foreign'], ['CST', 'excluded']], 'us and Brennia; Costavia does not learn of it'],
  [[['ALV', 'own'], ['BRE', 'foreign'], ['CST', 'foreign']], 'all; our own tile is plain, foreign eyes are tinted'],
];

function Marks() {
  return (
    <section>
      <p className={classes.caption}>State marks: shape, then word, then colour</p>
      {marks.map(([mark, word, meaning]) => (
        <div key={mark} className={classes.mark}>
          <MarkShape mark={mark} size={22} />
          <MarkShape mark={mark} size={14} tone="ink" />
          <b>{word}</b>
          <span className={classes.quiet}>{meaning}</span>
        </div>
      ))}
    </section>
  );
}

function Parts() {
  return (
    <section className={classes.parts}>
      <div>
        <p className={classes.caption}>Who sees it</p>
        {tiles.map(([row, words]) => (
          <p key={words} className={classes.tiles}>
            {row.map(([code, kind]) => <StateTile key={code} code={code} kind={kind} />)}
            <span>{words}</span>
          </p>
        ))}
      </div>
      <div>
        <p className={classes.caption}>Classification</p>
        <Group gap={22}>{([1, 2, 3, 4] as const).map((level) => <Classification key={level} level={level} />)}</Group>
      </div>
      <div>
        <p className={classes.caption}>Use: the heavier the line, the tighter</p>
        <Group gap={16}>{(['evidence', 'lead_only', 'ask_first', 'named_persons'] as const).map((use) => <Handling key={use} use={use} />)}</Group>
      </div>
      <div>
        <p className={classes.caption}>Buttons and focus</p>
        <Group gap={12} mb={12}>
          <Button>Share with Brennia</Button>
          <Button variant="default">Not now</Button>
          <Button variant="subtle">Let go</Button>
          <Button color="red">Erase by order</Button>
          <Button className={classes.focused}>Focus</Button>
        </Group>
        <Group gap={12}>
          <TextInput placeholder="Placeholder 5.9 : 1" w={180} aria-label="Sample" />
          <Checkbox size="md" defaultChecked label="Target 24" />
          <Tag tone="amber">6 days left</Tag>
          <Tag tone="red">2 days overdue</Tag>
          <Tag tone="green">Consent given</Tag>
          <Tag tone="violet">HERON</Tag>
        </Group>
      </div>
      <div className={classes.type}>
        <p className={classes.caption}>Type</p>
        <p className={classes.citizen}>32/40 Citizens’ pages</p>
        <p className={classes.title}>26/32 Page title · <span lang="ar">عنوان الصفحة</span> · <span lang="zh">页面标题</span></p>
        <p className={classes.dialog}>20/28 Dialog · <span lang="ar">نافذة</span> · <span lang="zh">对话框</span></p>
        <h2>16/24 Section</h2>
        <p>14/20 Body, comfortable · <span className={classes.compact}>13/18 compact</span> · <span className="meta">12/16 meta</span></p>
        <BindingSentence size="answer">The sentence of law: I hand over exhibit A‑0022. <span lang="ar">أُسلّم الدليل</span> · <span lang="zh">本人移交证物</span></BindingSentence>
        <p><bdi dir="ltr" className={`mono ${classes.hash}`}>9f3c61d0 77ae02b4</bdi> hash, in bdi, left to right</p>
      </div>
    </section>
  );
}

function States() {
  return (
    <div className={classes.states}>
      <div>
        <p className={classes.caption}>Empty</p>
        <Notice kind="empty" title="No evidence yet" action={<Button variant="default" size="xs">Choose files</Button>}>Drop files anywhere on this page, or choose them.</Notice>
      </div>
      <div>
        <p className={classes.caption}>Error: what is wrong, what to do</p>
        <Notice kind="error" icon={<MarkShape mark="damaged" />} title="The disk of this node is full">
          Nothing was lost. Reading goes on; taking in waits. Tell P. Aune, who keeps the node.
          <p className="meta">Request <bdi dir="ltr" className="mono">7Q4M-20XZ</bdi></p>
        </Notice>
      </div>
      <div>
        <p className={classes.caption}>Offline</p>
        <Notice kind="offline" icon={<IconCloudOff size={18} stroke={1.7} />} title="No line since 14:02">You can read what is open and write. 3 acts wait here and go out by themselves.</Notice>
      </div>
      <div>
        <p className={classes.caption}>Done, with a way back</p>
        <DoneCard done={{ text: 'Offered to Brennia.', takeBack: () => {} }} />
        <p className="meta">Only where the act can honestly be taken back.</p>
      </div>
    </div>
  );
}

export function MarksPage() {
  return (
    <main className={classes.page}>
      <p className={classes.head}><Logo height={52} /> <span className={classes.quiet}>marks, colour, type</span></p>
      <div className={classes.columns}><Marks /><Parts /></div>
      <States />
      <Colours />
    </main>
  );
}
