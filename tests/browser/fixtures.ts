// What every browser test starts from: a node of its own, people with passkeys, and the judge of accessibility.
import AxeBuilder from '@axe-core/playwright';
import { test as base, type BrowserContext, expect, type Page } from '@playwright/test';
import { Client } from '../support/client.mjs';
import { TestNode } from '../support/node.mjs';

export interface Person {
  page: Page;
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
    private readonly newContext: () => Promise<BrowserContext>,
  ) {}

  /** A person who enrols through the link in a browser of their own, and is then signed in. */
  async person(name: string, roles: string[], { admin = false, locale = 'en', scheme }: { admin?: boolean; locale?: string; scheme?: 'light' | 'dark' } = {}): Promise<Person> {
    const context = await this.newContext();
    const page = await context.newPage();
    await plugInAuthenticator(page);
    await page.goto(await this.node.invite(name, roles, admin));
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.getByRole('link', { name: 'Not now' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    if (locale !== 'en' || scheme) await prefer(page, { locale, ...(scheme ? { scheme } : {}) });
    const api = this.node.client();
    api.cookie = await sessionOf(context);
    return { page, api };
  }
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ browser }, use) => {
    const node = await TestNode.create();
    await node.start();
    const contexts: BrowserContext[] = [];
    await use(
      new Stage(node, async () => {
        const context = await browser.newContext({ baseURL: node.origin, bypassCSP: true, locale: 'en-GB', timezoneId: 'UTC', acceptDownloads: true });
        contexts.push(context);
        return context;
      }),
    );
    await Promise.all(contexts.map((context) => context.close()));
    await node.remove();
  },
});

/** axe over what is shown. Its script is blocked by the page's policy, so it runs in an isolated world of the test. */
export async function expectAccessible(page: Page): Promise<void> {
  const results = await new AxeBuilder({ page }).disableRules([]).analyze();
  const told = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
  expect(told).toEqual([]);
}

export { expect };
