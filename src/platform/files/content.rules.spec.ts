import { attachment, hasActiveNames, pdfProblem, safeName, type Seen } from './content.rules.js';

const END = '\ntrailer\n%%EOF\n';
const seen = (changes: Partial<Seen> = {}): Seen => ({
  bytes: 1000,
  head: Buffer.from('%PDF-1.7\n1 0 obj'),
  tail: Buffer.from(END),
  active: false,
  ...changes,
});

describe('a PDF', () => {
  it.each<[string, Partial<Seen>, RegExp | null]>([
    ['that is one', {}, null],
    ['with a line after its end', { tail: Buffer.from(`${END}\n`) }, null],
    ['that begins later', { head: Buffer.from('junk %PDF-1.7') }, /not a whole PDF/],
    ['that begins with a web page', { head: Buffer.from('%PDF-1.7\n<html><script>') }, /web page/],
    ['that begins with a drawing', { head: Buffer.from('%PDF-1.7 < SVG onload=x>') }, /web page/],
    ['that is cut short', { tail: Buffer.from('endstream') }, /ends too early/],
    ['with much after its end', { tail: Buffer.from(END + 'x'.repeat(4000)) }, /ends too early/],
    [
      'that is an archive too',
      { tail: Buffer.from(`PK\x05\x06${'\0'.repeat(18)}${END}`, 'latin1') },
      /archive/,
    ],
    ['that runs something', { active: true }, /does something/],
  ])('%s', (_name, changes, problem) => {
    const answer = pdfProblem(seen(changes));
    if (problem === null) expect(answer).toBeNull();
    else expect(answer).toMatch(problem);
  });

  it.each([
    ['/S /JavaScript /JS (app.alert(1))', true],
    ['/S/J#61vaScript', true],
    ['/Launch<</F(calc.exe)>>', true],
    ['/Names<</EmbeddedFiles 5 0 R>>', true],
    ['/#58FA 3 0 R', true],
    ['(About JavaScript and launching)', false],
    ['/Launching', false],
    ['/Type/Page', false],
  ])('%s is active: %s', (text, active) => {
    expect(hasActiveNames(text)).toBe(active);
  });
});

describe('a name to save under', () => {
  it.each([
    ['Policy 2026.pdf', 'Policy 2026.pdf'],
    ['../../etc/passwd', 'passwd.pdf'],
    ['C:\\Users\\rose\\policy.docx', 'policy.pdf'],
    ['policy.pdf.exe', 'policy.pdf'],
    ['policy\u0000.php', 'policy.pdf'],
    ['policy\u202Efdp.exe', 'policyfdp.pdf'],
    ['a\r\nSet-Cookie: x=1.pdf', 'aSet-Cookie x=1.pdf'],
    ['.htaccess', 'htaccess.pdf'],
    ['<script>.pdf', 'script .pdf'],
    ['', 'document.pdf'],
    [undefined, 'document.pdf'],
    ['..', 'document.pdf'],
    ['Polisi diogelu – Tŷ Gwyn.pdf', 'Polisi diogelu – Tŷ Gwyn.pdf'],
    ['x'.repeat(500), `${'x'.repeat(100)}.pdf`],
  ])('%j: %s', (given, name) => {
    const safe = safeName(given, 'application/pdf');
    expect(safe.replace(/\s+\./, '.')).toBe(name.replace(/\s+\./, '.'));
    expect(safe).not.toMatch(/[/\\\p{Cc}\p{Cf}<>]/u);
  });

  it('goes into a header that no name can break out of', () => {
    expect(attachment('Tŷ "Gwyn"\\.pdf')).toBe(
      `attachment; filename="T_ _Gwyn__.pdf"; filename*=UTF-8''T%C5%B7%20%22Gwyn%22%5C.pdf`,
    );
  });
});
