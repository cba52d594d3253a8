import { withEnglishMarked } from './staff-words.js';

/** As the English texts of a page in another language come out of its templates. */
const ENGLISH = '\uE002Save\uE003';

describe('what is English on a page in another language', () => {
  it.each([
    ['between tags is marked', `<p>${ENGLISH} it</p>`, '<p><span lang="en">Save</span> it</p>'],
    ['in an attribute is left as it is', `<a title="${ENGLISH}">a</a>`, '<a title="Save">a</a>'],
    ['in a title is left as it is', `<title>${ENGLISH}</title><p>a</p>`, '<title>Save</title><p>a</p>'],
    [
      'is marked again after a list to choose from',
      `<select><option value="1">${ENGLISH}</option></select>${ENGLISH}`,
      '<select><option value="1">Save</option></select><span lang="en">Save</span>',
    ],
    [
      'is not looked for in a script, whatever that compares',
      `<script>if (a < b && c > d) say("${ENGLISH}")</script>${ENGLISH}`,
      '<script>if (a < b && c > d) say("Save")</script><span lang="en">Save</span>',
    ],
  ])('%s', (_what, html, marked) => {
    expect(withEnglishMarked(html)).toBe(marked);
  });
});
