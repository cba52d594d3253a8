import type { Browser, Page } from 'playwright-core';
import { aBrowser } from '../support/browser.js';
import { Hand, secondsOf, type Way } from '../support/hand.js';

const FORM = `<!DOCTYPE html><html lang="en"><title>Made</title><main><h1>Made</h1>
<label for="first">First</label><input id="first"><label for="second">Second</label><input id="second">
<fieldset><legend>How?</legend><label><input type="radio" name="how" value="a">By phone</label>
<label><input type="radio" name="how" value="b">By post</label></fieldset>
<label for="where">Where</label><select id="where"><option value="a">Here</option><option value="b">There</option></select>
<label for="third">Third</label><input id="third"></main></html>`;
const UNSEEN = `<!DOCTYPE html><html lang="en"><title>Made</title><style>a { outline: none }</style>
<main><a href="#here">Unseen</a><button>Go</button></main></html>`;
const TRAP = `<!DOCTYPE html><html lang="en"><title>Made</title><main><input id="trap"><button>Go</button>
<script>document.getElementById('trap').addEventListener('keydown', (event) => event.preventDefault())</script></main></html>`;

const browser: Browser | null = await aBrowser();

(browser ? describe : describe.skip)('a hand that works on pages', () => {
  let page: Page;

  beforeAll(async () => {
    page = await browser!.newPage();
  });
  afterAll(() => browser!.close());

  const handAt = async (html: string, way: Way, onPhone = false): Promise<Hand> => {
    await page.setContent(html);
    return new Hand(page, way, '', onPhone);
  };
  const fillIn = async (hand: Hand): Promise<void> => {
    await hand.type('First', 'ab');
    await hand.type('Second', 'cd');
    await hand.choose('By post', 'How?');
    await hand.pick('Where', 'There');
    await hand.type('First', 'e');
  };

  it('counts clicks and keys as they are made: a click where Tab does not lead, and a letter in a list', async () => {
    const hand = await handAt(FORM, 'mouse');
    await fillIn(hand);
    // The first box is in focus by Tab; coming back to it is a click, and a key takes away what it said.
    expect(hand.spent).toEqual({ clicks: 3, keys: 1 + 2 + 1 + 2 + 1 + 1 + 1, decisions: 5 });
    expect(secondsOf(hand.spent)).toBeCloseTo(3 * 1.3 + 9 * 0.2 + 5 * 1.35);
    await hand.aside(() => hand.type('Third', 'not counted'));
    expect(hand.spent.keys).toBe(9);
  });

  it('taps twice for a list on a phone', async () => {
    const hand = await handAt(FORM, 'mouse', true);
    await hand.pick('Where', 'There');
    expect(hand.spent).toEqual({ clicks: 2, keys: 0, decisions: 1 });
  });

  it('does the same by the keyboard alone, without a click', async () => {
    const hand = await handAt(FORM, 'keyboard');
    await fillIn(hand);
    expect([hand.spent.clicks, hand.faults]).toEqual([0, []]);
    expect(await page.locator('#where').inputValue()).toBe('b');
    expect(await page.locator('#second').inputValue()).toBe('cd');
  });

  it('says where the focus is not seen', async () => {
    const hand = await handAt(UNSEEN, 'keyboard');
    await hand.touch(hand.button('Go'));
    expect(hand.faults).toEqual([expect.stringContaining('the focus is not seen: <a href="#here">')]);
  });

  it('says where the keyboard is held fast', async () => {
    const hand = await handAt(TRAP, 'keyboard');
    await expect(hand.touch(hand.button('Go'))).rejects.toThrow('The keyboard does not reach');
  });
});
