import type { Page } from 'playwright';

/** A narrow window, a small one, and what 90 % and 200 % zoom leave of one of 1,280 by 800, in CSS pixels. */
const sizes = [
  [380, 760],
  [900, 700],
  [1422, 889],
  [640, 400],
] as const;

/**
 * What does not fit, in each of these sizes, one line each: a page that scrolls, a text that begins off the screen, a control that is off the screen
 * and cannot be scrolled to, a cell of a list that runs into the next. Leaves the window at 1,280 by 800.
 */
export async function misfits(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    const lines = await page.evaluate(async (wanted) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const drawn = (): DOMRect => document.documentElement.getBoundingClientRect();
      while (innerHeight !== wanted || drawn().height !== wanted || drawn().width !== innerWidth)
        await frame();
      // What listens to its own size is drawn after that.
      await frame();
      await frame();
      const styleOf = (element: Element): CSSStyleDeclaration => getComputedStyle(element);
      const scrolls = (element: Element, way: 'overflowX' | 'overflowY'): boolean => {
        for (let above = element.parentElement; above !== null; above = above.parentElement)
          if (['auto', 'scroll'].includes(styleOf(above)[way])) return true;
        return false;
      };
      const called = (element: Element): string =>
        `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`;
      const wrong: string[] = [];
      const wide = document.documentElement.scrollWidth - innerWidth;
      if (wide > 0) wrong.push(`the page scrolls sideways by ${wide}`);
      const tall = document.documentElement.scrollHeight - innerHeight;
      if (tall > 0) wrong.push(`the page scrolls up and down by ${tall}`);
      const edge = document.querySelector('main')?.getBoundingClientRect().left ?? 0;
      for (const text of document.querySelectorAll('main li, main p')) {
        const { left, width } = text.getBoundingClientRect();
        if (width > 0 && left < (text.closest('dialog') ? 0 : edge))
          wrong.push(`${called(text)} begins off the side (${left})`);
      }
      for (const control of document.querySelectorAll('button, a[href], input, select, textarea, summary')) {
        const { left, right, top, bottom } = control.getBoundingClientRect();
        if (right - left <= 1 || styleOf(control).clipPath !== 'none') continue;
        if ((left < -1 || right > innerWidth + 1) && !scrolls(control, 'overflowX'))
          wrong.push(`${called(control)} is off the side (${left} to ${right})`);
        if ((top < -1 || bottom > innerHeight + 1) && !scrolls(control, 'overflowY'))
          wrong.push(`${called(control)} is off the top or bottom (${top} to ${bottom})`);
      }
      for (const cell of document.querySelectorAll('[role=gridcell], [role=columnheader]'))
        // The button of a head is a finger's width larger than its words.
        if (
          cell.scrollWidth > cell.clientWidth + (cell.querySelector('button') ? 8 : 1) &&
          styleOf(cell).textOverflow !== 'ellipsis'
        )
          wrong.push(`${called(cell)} runs out of its cell`);
      for (const grid of document.querySelectorAll('[role=grid], main'))
        if (grid.scrollWidth > grid.clientWidth + 1) wrong.push(`${called(grid)} scrolls sideways`);
      return wrong;
    }, height);
    found.push(...lines.map((line) => `${width} x ${height}: ${line}`));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}
