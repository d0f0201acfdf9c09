// verify.html, opened from a disk as a clerk of a court does: a package and a card dropped on it, five answers, every step; six
// languages; and what is said of a package that was changed.
import { type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../support/node.mjs';
import { Node } from '../support/forger.mjs';
import { inOrder, join, pieceLike, piecesOf } from '../support/package.mjs';
import { packagesOf } from '../support/packages.mjs';
import { expect, expectAccessible, test } from './fixtures';

const HTML = path(ROOT, 'verifier/dist/verify.html');

async function give(page: Page, ...files: string[]): Promise<void> {
  await page.locator('input[type=file]').last().setInputFiles(files);
  await expect(page.locator('.answers')).toBeVisible();
}

test('a clerk checks a package: trusted, unasked, changed, no package', async ({ stage, browser }) => {
  test.slow();
  const folder = await mkdtemp(path(tmpdir(), 'comity-test-'));
  const { whole, card } = await packagesOf(stage.node);
  const at = async (name: string, bytes: Uint8Array | string) => {
    await writeFile(path(folder, name), bytes);
    return path(folder, name);
  };
  const good = await at('lantern.zip', whole);
  const own = await at('own.card', card);
  const context = await browser.newContext({ locale: 'en', timezoneId: 'UTC', offline: true, viewport: { width: 1440, height: 1100 } });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && asked.push(message.text()));
  await page.goto(pathToFileURL(HTML).href);
  await expectAccessible(page, 'before a package is there');

  await test.step('without a card nobody knows whose it is', async () => {
    await give(page, good);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Comity cannot tell who made it');
    await expect(page.locator('.answers li')).toHaveCount(5);
    await expectAccessible(page, 'intact');
  });

  await test.step('with the card it comes from the prosecution', async () => {
    await page.locator('input[accept=".card"]').setInputFiles(own);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('it comes from');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Prosecution Service of Alvaria');
    await expect(page.locator('tbody tr').filter({ hasText: 'Exhibit sealed' })).toContainText('Proven, by passkey');
    await expect(page.locator('tbody tr').filter({ hasText: 'Exhibit taken in' }).first()).toContainText('A‑0001');
    await page.getByRole('searchbox').fill('sealed');
    await expect(page.locator('tbody tr')).toHaveCount(1);
    await page.getByRole('searchbox').fill('');
  });

  await test.step('it tells its own hash, and that of the copy in the package', async () => {
    const hash = createHash('sha256').update(await readFile(HTML)).digest('hex');
    await expect(page.locator('footer bdi')).toHaveText([hash, hash]);
  });

  await test.step('six languages, one of them from right to left, each without a fault', async () => {
    for (const language of ['ar', 'es', 'fr', 'ru', 'zh', 'en']) {
      await page.getByRole('banner').getByRole('combobox').selectOption(language);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
      await expect(page.getByRole('banner').getByRole('combobox')).toBeFocused();
      await expect(page.locator('main')).not.toContainText(/[{}]/);
      await expectAccessible(page, language);
    }
  });

  await test.step('on paper: the answers, and no button', async () => {
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.answers')).toBeVisible();
    for (const button of await page.getByRole('button').all()) await expect(button).toBeHidden();
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await expectAccessible(page, 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('a phone shows the same, no wider than it is', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page, 'phone');
    await page.setViewportSize({ width: 1440, height: 1100 });
  });

  await test.step('one bit of evidence: changed, and which file', async () => {
    const pieces = piecesOf(whole);
    const blob = pieceLike(pieces, /^data\/blobs\//);
    blob.bytes[0] ^= 1;
    await give(page, await at('changed.zip', join(pieces)));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This package was changed.');
    await expect(page.locator('.verdict')).toContainText(blob.name);
    await expectAccessible(page, 'changed');
  });

  await test.step('manifests that fit again hide nothing', async () => {
    const pieces = piecesOf(whole);
    const acts = pieceLike(pieces, /acts$/);
    acts.bytes = Buffer.from(acts.bytes.toString().replace('"kind":"', '"kind": "'));
    await give(page, await at('forged.zip', join(inOrder(pieces))));
    await expect(page.locator('.verdict')).toContainText('The content of a record is not the one that was signed.');
  });

  await test.step('a letter is no package', async () => {
    await give(page, await at('letter.zip', 'This is a letter.'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This file is no Comity package.');
  });
  expect(asked.filter((url) => !/^(file|blob):/.test(url)), 'nothing was asked of anybody').toEqual([]);
  await context.close();
  await rm(folder, { recursive: true });
});

/** Files dropped on the page, which it takes at any time. */
async function drop(page: Page, ...files: { name: string; bytes: Buffer }[]): Promise<void> {
  const spelled = files.map(({ name, bytes }) => ({ name, text: bytes.toString('base64') }));
  const dataTransfer = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const { name, text } of all) transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
    return transfer;
  }, spelled);
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}

declare global {
  interface Window {
    held: (() => void)[];
    ended: number;
  }
}

/** Keeps each worker's last word back until it is let go: held[n](). */
function holdVerdicts(): void {
  window.held = [];
  window.ended = 0;
  window.Worker = class extends Worker {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', (event) => {
        if (!event.isTrusted || event.data.kind === 'progress') return;
        event.stopImmediatePropagation();
        window.held.push(() => this.dispatchEvent(new MessageEvent('message', { data: event.data })));
      });
    }

    override terminate(): void {
      window.ended++;
      super.terminate();
    }
  };
}

test('a package that comes while another is checked has its own verdict', async ({ stage, browser }) => {
  const { whole } = await packagesOf(stage.node);
  const context = await browser.newContext({ locale: 'en', offline: true });
  const page = await context.newPage();
  await page.addInitScript(holdVerdicts);
  await page.goto(pathToFileURL(HTML).href);
  const held = () => page.evaluate(() => window.held.length);
  const letGo = (number: number) => page.evaluate((n) => window.held[n](), number);
  await drop(page, { name: 'first.zip', bytes: whole });
  await expect.poll(held).toBe(1);
  await drop(page, { name: 'second.zip', bytes: Buffer.from('This is a letter.') });
  await expect.poll(held).toBe(2);
  expect(await page.evaluate(() => window.ended), 'nobody works for the first any more').toBe(1);
  await letGo(0);
  await expect(page.getByRole('status')).toContainText('second.zip');
  await expect(page.locator('.verdict')).toHaveCount(0);
  await letGo(1);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This file is no Comity package.');
  await expect(page.locator('.meta')).toContainText('second.zip');
  await context.close();
});

test('cards of two nodes with one title are two cards', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'en', offline: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(HTML).href);
  const [one, other] = ['one.example', 'other.example'].map((name) => ({ name: `${name}.card`, bytes: new Node(name, { title: 'Prosecution Service' }).card }));
  const cards = page.locator('.given li');
  await drop(page, ...[one, other, one].map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) })));
  await expect(cards).toHaveText([/Prosecution Service.* other\.example/, /Prosecution Service.* one\.example/]);
  await page.getByRole('button', { name: 'other.example' }).click();
  await expect(cards).toHaveText([/ one\.example/]);
  await context.close();
});

test('the node serves it under the policy that the page itself states', async ({ stage }) => {
  const answer = await fetch(`${stage.node.origin}/verify.html`);
  const body = await answer.text();
  expect(answer.status).toBe(200);
  expect(body).toBe(await readFile(HTML, 'utf8'));
  const stated = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(body)![1];
  expect(answer.headers.get('content-security-policy')).toBe(`${stated}; frame-ancestors 'none'`);
  const person = await stage.person('Ilse Varga', ['investigator']);
  await person.page.goto('/verify.html');
  await expect(person.page.getByRole('heading', { level: 1 })).toHaveText('Which package do you want to check?');
});
