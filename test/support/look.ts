import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = process.env['SHOTS'];

interface Sound {
  violations: { id: string; nodes: { html: string }[] }[];
}

/**
 * Looks at the page that a phone without JavaScript shows: sound to a screen reader, nothing wider than the phone, and a
 * picture of it in SHOTS, where somebody wants to look. `desktop` may run scripts, since axe is one.
 */
export function looker(desktop: BrowserContext, address: string) {
  const sheets = new Map<string, string>();
  const withStyles = async (html: string): Promise<string> => {
    let styled = html;
    for (const [link, href = ''] of html.matchAll(/<link rel="stylesheet" href="([^"]+)"[^>]*>/g)) {
      const css = sheets.get(href) ?? (await (await fetch(address + href)).text());
      sheets.set(href, css);
      styled = styled.replace(link, `<style>${css}</style>`);
    }
    return styled;
  };
  return async (page: Page, name: string): Promise<void> => {
    const url = page.url();
    const wide = await desktop.newPage();
    await wide.goto('about:blank');
    await wide.setContent(await withStyles(await page.content()));
    await wide.evaluate(AXE);
    const { violations } = await wide.evaluate<Sound>('axe.run(document, { resultTypes: ["violations"] })');
    expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await wide.setViewportSize({ width: 320, height: 640 });
    expect(await wide.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    if (SHOTS) {
      await page.screenshot({ path: `${SHOTS}/${name}-320.png`, fullPage: true });
      await wide.setViewportSize({ width: 1200, height: 800 });
      await wide.screenshot({ path: `${SHOTS}/${name}-1200.png`, fullPage: true });
    }
    await wide.close();
    // The other window had the keyboard.
    await page.bringToFront();
    expect(page.url()).toBe(url);
  };
}
