/** verify.html. The same script is the page and its worker: a file that was opened from a disk can load no second one. */
import { encode, sha256, toBase64, toHex } from '../engine/bytes.ts';
import { readGiven } from '../engine/verify.ts';
import { LANGUAGES, Speech, directionOf, preferred, type Language } from '../words/index.ts';
import { answersOf, damagesOf, verdictOf, type Shown } from './answers.ts';
import { el, ltr } from './dom.ts';
import { logo, mark } from './marks.ts';
import { pageOf } from './page.ts';
import { stepsOf } from './steps.ts';
import { Verifier, type Answer, type Question } from './worker.ts';

declare const VERSION: string;

type Ask = (question: Question, tell: (answer: Answer) => void) => void;

/**
 * Verifying in a worker made of this very script; in the page where a browser gives a file no worker. A question ends the one
 * before it, and its worker; a worker that has answered is asked again, as it remembers the hashes of its file.
 */
function verifierOf(script: string): Ask {
  const inPage = new Verifier();
  const here: Ask = (question, tell) => void inPage.answer(question, tell);
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  let idle: Worker | null = null;
  let busy: Worker | null = null;
  let broken = false;
  return (question, tell) => {
    busy?.terminate();
    busy = null;
    try {
      if (!broken) busy = idle ?? new Worker(url);
    } catch {
      broken = true;
    }
    idle = null;
    if (!busy) return here(question, tell);
    const worker = busy;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (busy !== worker) return; // sent before it was ended
      if (data.kind !== 'progress') [idle, busy] = [worker, null];
      tell(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (busy !== worker) return;
      [broken, busy] = [true, null];
      here(question, tell);
    };
    worker.postMessage(question);
  };
}

interface Given {
  readonly node: string;
  readonly title: string;
  readonly number: number;
  readonly bytes: Uint8Array;
}

class Page {
  private speech = new Speech(preferred(navigator.languages));
  private file: File | null = null;
  private opened = new Date();
  private cards: Given[] = [];
  private problem = '';
  private progress = 0;
  private asked = 0;
  private shown: Omit<Shown, 'speech'> | null = null;
  private rows: Extract<Answer, { kind: 'done' }>['rows'] = [];
  private readonly ask: Ask;
  private readonly itself: string;

  constructor(script: string, style: string) {
    this.ask = verifierOf(script);
    const hashOf = (text: string): string => toBase64(sha256(encode(text)));
    this.itself = toHex(sha256(encode(pageOf({ style, script, styleHash: hashOf(style), scriptHash: hashOf(script) }))));
    window.addEventListener('dragover', (event) => event.preventDefault());
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      void this.take([...(event.dataTransfer?.files ?? [])]);
    });
    this.render();
  }

  /** Cards are small and are cards; everything else is the package. */
  private async take(files: readonly File[]): Promise<void> {
    this.problem = '';
    for (const file of files) {
      const bytes = file.size <= 128 * 1024 ? new Uint8Array(await file.arrayBuffer()) : null;
      const card = bytes && readGiven(bytes);
      if (card) {
        const given = { node: card.node, title: card.title, number: Number(card.number), bytes };
        this.cards = [...this.cards.filter(({ node, number }) => node !== given.node || number !== given.number), given];
      } else if (file.name.endsWith('.card')) {
        this.problem = this.speech.say('cardBad', { name: file.name });
      } else {
        this.file = file;
        this.opened = new Date();
      }
    }
    this.verify();
  }

  private verify(): void {
    this.shown = null;
    this.progress = 0;
    const { file } = this;
    const number = ++this.asked;
    const start = performance.now();
    this.render();
    if (!file) return;
    this.ask({ file, cards: this.cards.map(({ bytes }) => bytes) }, (answer) => {
      if (number !== this.asked) return;
      if (answer.kind === 'progress') return this.tellProgress(answer.done / answer.all);
      if (answer.kind === 'failed') {
        this.problem = this.speech.say('failed', { name: file.name, why: answer.why });
        this.file = null;
      } else {
        this.shown = { report: answer.report, titles: new Map(answer.titles), seconds: Math.max(1, Math.round((performance.now() - start) / 1000)) };
        this.rows = answer.rows;
      }
      this.render();
      document.querySelector<HTMLElement>('h1')?.focus();
    });
  }

  private tellProgress(share: number): void {
    this.progress = share;
    document.querySelector('.working')?.replaceWith(this.working());
  }

  private working(): HTMLElement {
    const text = this.speech.say('working', { name: this.file?.name ?? '', percent: this.speech.percent(this.progress) });
    return el('div', { class: 'working' }, el('p', { role: 'status' }, text), el('progress', { max: '1', value: String(this.progress), 'aria-label': text }));
  }

  private render(): void {
    const { speech } = this;
    document.documentElement.lang = speech.language;
    document.documentElement.dir = directionOf(speech.language);
    document.title = `Comity: ${speech.say('title')}`;
    const content = this.shown ? this.result({ ...this.shown, speech }) : this.file ? [this.working()] : this.start();
    document.body.replaceChildren(this.top(), el('main', {}, this.problem !== '' && el('p', { class: 'problem', role: 'alert' }, this.problem), ...content));
  }

  private top(): HTMLElement {
    const { speech } = this;
    const options = Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, lang: code, selected: code === speech.language }, name));
    const choose = (event: Event): void => {
      this.speech = new Speech((event.target as HTMLSelectElement).value as Language);
      this.render();
      document.querySelector<HTMLElement>('header select')?.focus();
    };
    return el('header', {}, logo(), el('strong', {}, 'Comity'), ltr('verify.html'), el('span', { class: 'offline' }, speech.say('offline')),
      el('select', { 'aria-label': speech.say('language'), change: choose }, ...options),
      el('button', { type: 'button', class: 'quiet', click: () => print() }, speech.say('print')));
  }

  private picker(key: 'choose' | 'addCard' | 'another', accept: string, quiet: boolean): HTMLElement {
    const input = el('input', { type: 'file', multiple: true, accept, hidden: true, change: () => void this.take([...(input.files ?? [])]) });
    return el('span', {}, input, el('button', { type: 'button', class: quiet ? 'quiet' : 'filled', click: () => input.click() }, this.speech.say(key)));
  }

  private given(): HTMLElement | null {
    if (this.cards.length === 0) return null;
    const items = this.cards.map((card) => {
      const remove = (): void => {
        this.cards = this.cards.filter((other) => other !== card);
        this.verify();
      };
      const name = this.speech.say('card', { title: card.title, number: card.number });
      const label = `${this.speech.say('remove')}: ${name}, ${card.node}`;
      return el('li', {}, name, ' ', ltr(card.node), ' ', el('button', { type: 'button', class: 'quiet', 'aria-label': label, click: remove }, this.speech.say('remove')));
    });
    return el('section', { class: 'given' }, el('h2', {}, this.speech.say('cards')), el('ul', {}, ...items));
  }

  private start(): (HTMLElement | null)[] {
    const { speech } = this;
    return [el('div', { class: 'start' }, el('h1', { tabindex: '-1' }, speech.say('start')), el('p', {}, speech.say('drop')), this.picker('choose', '.zip,.card', false)), this.given(), this.foot()];
  }

  private result(shown: Shown): (HTMLElement | null)[] {
    const { speech, file } = this;
    const opened = speech.say('opened', { name: file!.name, size: speech.size(file!.size), time: speech.time(this.opened.toISOString()) });
    return [
      el('p', { class: 'meta' }, opened), verdictOf(shown), answersOf(shown), damagesOf(shown),
      el('p', { class: 'note' }, mark('info', 18), el('span', {}, el('strong', {}, speech.say('saysNot')), ' ', speech.say('saysNotText'))),
      el('div', { class: 'again' }, this.picker('addCard', '.card', true), this.picker('another', '.zip,.card', true)), this.given(),
      this.rows.length > 0 ? stepsOf(speech, this.rows) : null, this.foot(shown.report.verify_html),
    ];
  }

  private foot(inPackage = ''): HTMLElement {
    const { speech } = this;
    const zone = new Intl.DateTimeFormat(speech.language, { timeZoneName: 'long' }).formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return el('footer', {}, el('p', {}, speech.say('itself', { version: VERSION }), ' ', ltr(this.itself), '. ', speech.say('itselfWhere')),
      inPackage !== '' && el('p', {}, speech.say('itselfHere'), ' ', ltr(inPackage)), el('p', {}, speech.say('zone', { zone })));
  }
}

if (typeof document === 'undefined') {
  const verifier = new Verifier();
  addEventListener('message', ({ data }: MessageEvent<Question>) => void verifier.answer(data, (answer) => postMessage(answer)));
} else {
  new Page(document.currentScript!.textContent, document.querySelector('style')!.textContent);
}
