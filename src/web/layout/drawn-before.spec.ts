import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import nunjucks from 'nunjucks';
import { drawOnce } from './drawn-before.js';

const MACROS = dirname(dirname(createRequire(import.meta.url).resolve('nhsuk-frontend')));

const environment = (): nunjucks.Environment =>
  new nunjucks.Environment(new nunjucks.FileSystemLoader([MACROS]), {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });

/** What a template says, without being remembered and remembered, twice each. */
function drawn(template: string, ...data: object[]): { plain: string[]; once: string[] } {
  const [plain, once] = [environment(), environment()];
  drawOnce(once);
  return {
    plain: data.map((one) => plain.renderString(template, one)),
    once: data.map((one) => once.renderString(template, one)),
  };
}

const FROM = (name: string) => `{% from "nhsuk/components/${name}/macro.njk" import ${name} %}`;

describe('components drawn once', () => {
  it('are the same again, and as they were without', () => {
    const { plain, once } = drawn(
      `${FROM('input')}{{ input({ id: "a", name: "a", value: v, label: { text: "Name" }, errorMessage: { text: e } if e }) }}`,
      { v: 'Grace' },
      { v: 'Grace' },
      { v: 'Femi' },
      { v: '', e: 'Enter a name' },
      {},
    );
    expect(once).toEqual(plain);
    expect(new Set(once).size).toBe(4);
  });

  it('tell what somebody typed from markup that says the same', () => {
    const { plain, once } = drawn(
      `${FROM('tag')}{{ tag({ html: "<b>x</b>" | safe }) }}{{ tag({ html: typed }) }}{{ tag({ text: typed }) }}`,
      { typed: '<b>x</b>' },
      { typed: '<b>x</b>' },
    );
    expect(once).toEqual(plain);
    expect(once[1]).toContain('&lt;b&gt;x&lt;/b&gt;');
  });

  it('are drawn anew around what stands between their tags', () => {
    const { plain, once } = drawn(
      `${FROM('fieldset')}{% call fieldset({ legend: { text: "Who" } }) %}{{ inside }}{% endcall %}`,
      { inside: 'one' },
      { inside: 'two' },
    );
    expect(once).toEqual(plain);
    expect(once[1]).toContain('two');
  });

  it('keep no more than their share, and go on being right', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ text: `Tag ${String(at % 300)}` }));
    const { plain, once } = drawn(`${FROM('tag')}{{ tag({ text: text }) }}`, ...many);
    expect(once).toEqual(plain);
  });
});
