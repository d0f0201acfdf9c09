// What every browser test starts from: a node of its own, people with passkeys, and the judge of accessibility.
import AxeBuilder from '@axe-core/playwright';
import { test as base, type BrowserContext, type BrowserContextOptions, expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { Client } from '../support/client.mjs';
import { ROOT, TestNode } from '../support/node.mjs';
import { type Words, wordsOf } from './words';

export interface Person {
  page: Page;
  /** The words of the page's language. */
  say: Words;
  /** The same person by API, with the browser's session. */
  api: Client;
}

/** A virtual authenticator on this page: resident keys, user verified, present at once. */
export async function plugInAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

/** Sets language and scheme, as a person does in the menu, and loads the page anew. */
export async function prefer(page: Page, preferences: { locale?: string; scheme?: 'light' | 'dark' }): Promise<void> {
  await page.evaluate(({ locale, scheme }) => {
    if (locale) localStorage.setItem('comity.locale', locale);
    if (scheme) localStorage.setItem('comity.scheme', scheme);
  }, preferences);
  await page.reload();
}

async function sessionOf(context: BrowserContext): Promise<string> {
  const cookie = (await context.cookies()).find(({ name }) => name.endsWith('comity'));
  return cookie ? `${cookie.name}=${cookie.value}` : '';
}

export class Stage {
  constructor(
    readonly node: TestNode,
    private readonly newContext: (options: BrowserContextOptions) => Promise<BrowserContext>,
  ) {}

  /** A person who enrols through the link in a browser of their own, which asks for their language, and is then signed in. */
  async person(name: string, roles: string[], { admin = false, locale = 'en', ...options }: { admin?: boolean; locale?: string } & BrowserContextOptions = {}): Promise<Person> {
    const context = await this.newContext({ locale, ...options });
    const page = await context.newPage();
    const say = wordsOf(locale);
    await plugInAuthenticator(page);
    await page.goto(await this.node.invite(name, roles, admin));
    await page.getByRole('button', { name: say('Make a passkey'), exact: true }).click();
    await page.getByRole('link', { name: say('Not now'), exact: true }).click();
    await expect(page.getByRole('navigation', { name: say('Main'), exact: true })).toBeVisible();
    const api = this.node.client();
    api.cookie = await sessionOf(context);
    return { page, say, api };
  }
}

/** What a browser says while a test runs; told only where the test fails. */
class Witness {
  private readonly heard: string[] = [];

  constructor(readonly context: BrowserContext) {
    const hear = (words: string) => void this.heard.push(words.slice(0, 300));
    context.on('console', (message) => message.type() === 'error' && hear(`console: ${message.text()}`));
    context.on('weberror', (error) => hear(`error: ${String(error.error())}`));
    context.on('requestfailed', (request) => hear(`failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`));
    context.on('response', (response) => response.status() >= 400 && hear(`${response.status()}: ${response.url()}`));
    context.on('page', (page) => page.on('framenavigated', (frame) => frame === page.mainFrame() && hear(`at ${frame.url()}`)));
  }

  async tell(): Promise<void> {
    for (const page of this.context.pages()) {
      const shown = await page.locator('body').ariaSnapshot({ timeout: 5000 }).catch(String);
      console.log([`${page.url()}`, ...this.heard.slice(-40), shown.slice(0, 3000)].join('\n'));
    }
  }
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ browser }, use, info) => {
    const node = await TestNode.create();
    await node.start();
    const contexts: BrowserContext[] = [];
    const witnesses: Witness[] = [];
    await use(
      new Stage(node, async (options) => {
        const context = await browser.newContext({ baseURL: node.origin, bypassCSP: true, timezoneId: 'UTC', acceptDownloads: true, ...options });
        contexts.push(context);
        witnesses.push(new Witness(context));
        return context;
      }),
    );
    if (info.status !== info.expectedStatus) for (const witness of witnesses) await witness.tell();
    await Promise.all(contexts.map((context) => context.close()));
    await node.remove();
  },
});

/** The example files of the sample case. */
export const sample = (name: string) => join(ROOT, 'samples/lantern', name);

/** axe over what is shown, in the page itself: the other mode opens a window of its own for each answer. */
export async function expectAccessible(page: Page, where = 'the page'): Promise<void> {
  const results = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const told = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
  expect.soft(told, where).toEqual([]);
}

export { expect };
