// Whoever writes a client reads the API's own description at /api, without an account, in their language.
import { expect, expectAccessible, test } from './fixtures';
import { wordsOf } from './words';

for (const locale of ['en', 'ar']) {
  test(`the reference tells of every operation: ${locale}`, async ({ browser, stage }) => {
    const context = await browser.newContext({ baseURL: stage.node.origin, locale, bypassCSP: true });
    const page = await context.newPage();
    const say = wordsOf(locale);
    await page.goto('/api');
    await expect(page.getByRole('heading', { level: 1, name: say('Reference of the API') })).toBeVisible();
    const document = await (await page.request.get('/api/v1/openapi.json')).json();
    const ids = Object.values<Record<string, { operationId?: string }>>(document.paths).flatMap((item) => Object.values(item).flatMap((one) => one.operationId ?? []));
    expect(ids.length).toBeGreaterThan(50);
    expect(await page.locator('main [id]').evaluateAll((all) => all.map(({ id }) => id))).toEqual(expect.arrayContaining(ids));

    await page.getByLabel(say('Search the reference')).fill('exhibit custody');
    await page.getByRole('button', { name: /custody/ }).first().click();
    await expect(page.locator('pre')).toContainText('/evidence/EXHIBIT"');
    await expect(page).toHaveURL(/open=/);
    await page.reload();
    const exhibit = page.getByRole('rowheader', { name: 'exhibit' });
    await expect(exhibit, 'what is open stands in the address').toBeVisible();
    await expectAccessible(page, 'the reference');
    await context.close();
  });
}
