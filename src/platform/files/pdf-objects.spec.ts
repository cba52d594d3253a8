import { deflateSync } from 'node:zlib';
import { packedPdf } from '../../../test/support/upload.js';
import { DOES_SOMETHING, UNSEEN_PARTS } from './content.rules.js';
import { hiddenProblem } from './pdf-objects.js';

const RUNS = '<</S/JavaScript/JS(app.alert(1))>>';
const CATALOG = '<</Type/Catalog/Pages 2 0 R>>';
const latin = (text: string) => Buffer.from(text, 'latin1');
const whole = (body: string | Buffer): Buffer =>
  Buffer.concat([latin('%PDF-1.7\n'), Buffer.from(body), latin('\n%%EOF\n')]);
const object = (dictionary: string, number = 1) => whole(`${String(number)} 0 obj${dictionary}endobj\n`);

describe('what a PDF hides in its objects', () => {
  it.each<[string, Buffer]>([
    ['nothing', whole('')],
    ['plain objects', object(CATALOG)],
    ['packed objects', packedPdf([CATALOG, '<</Type/Pages/Count 0>>'])],
    ['packed objects by a short name of the filter', packedPdf([CATALOG], { filter: '/Fl' })],
    ['packed objects in a list of one filter', packedPdf([CATALOG], { filter: '[ /FlateDecode ]' })],
    ['packed objects that are not compressed', packedPdf([CATALOG], { filter: '' })],
    ['a page to turn to', packedPdf(['<</Type/Catalog/OpenAction[3 0 R/Fit]>>'])],
    ['a page to turn to, as an action', packedPdf(['<</Type/Catalog/OpenAction<</S/GoTo/D[3 0 R/Fit]>>>>'])],
    ['a page to turn to, elsewhere', packedPdf(['<</OpenAction 2 0 R>>', '<</S/GoTo/D[3 0 R/Fit]>>'])],
    ['a link to a website', packedPdf([CATALOG, '<</S/URI/URI(https://example.org)>>'])],
    ['words about JavaScript', packedPdf(['<</Title(About JavaScript \\) and JS)>>'])],
    [
      'a picture of other bytes',
      whole(
        Buffer.concat([
          latin('5 0 obj<</Filter/DCTDecode/Length 4>>stream\n'),
          Buffer.from([255, 216, 47, 74]),
          latin('\nendstream endobj'),
        ]),
      ),
    ],
  ])('%s: is kept', async (_what, bytes) => {
    expect(await hiddenProblem(bytes)).toBeNull();
  });

  it.each<[string, Buffer]>([
    ['JavaScript', packedPdf([CATALOG, RUNS])],
    ['JavaScript by other letters', packedPdf([CATALOG, '<</S/#4aava#53cript/#4aS(x)>>'])],
    ['JavaScript that is shown', packedPdf(['<</S/Rendition/JS(x)>>'])],
    ['JavaScript in a plain object, by its short name', object('<</AA<</O<</JS(x)>>>>>>')],
    ['a program to start', packedPdf(['<</S/Launch/F(calc.exe)>>'])],
    ['a file inside', packedPdf(['<</Type/Filespec/EF<</F 9 0 R>>>>', '<</Type/EmbeddedFile>>'])],
    ['a form that sends itself', packedPdf(['<</S/SubmitForm/F(https://example.org)>>'])],
    ['a website opened with it', packedPdf(['<</OpenAction<</S/URI/URI(https://example.org)>>>>'])],
    ['a website opened with it, elsewhere', packedPdf(['<</OpenAction 2 0 R>>', '<</S/URI/URI(x)>>'])],
    [
      'a website opened with it, between plain and packed',
      Buffer.concat([object('<</OpenAction 1 0 R>>', 7), packedPdf(['<</S/URI/URI(x)>>'])]),
    ],
    ['packed objects that are not called so', packedPdf([RUNS], { type: '' })],
    ['packed objects by other letters', packedPdf([RUNS], { type: '/Type/Obj#53tm' })],
    ['packed objects behind a bracket that closes nothing', packedPdf([RUNS], { before: '/X ] ' })],
    ['packed objects behind a list', packedPdf([RUNS], { before: '/X[/N/First 2]' })],
    ['packed objects behind a remark', packedPdf([RUNS], { before: '% endobj (\n' })],
    [
      'packed objects behind a false end',
      packedPdf([RUNS], { before: '/X(endobj 9 0 obj<</Filter/DCTDecode>>stream)' }),
    ],
    ['packed objects that are not compressed', packedPdf([RUNS], { filter: '' })],
    ['the second of two', Buffer.concat([packedPdf([CATALOG]), packedPdf([RUNS])])],
  ])('%s: is found', async (_what, bytes) => {
    expect(await hiddenProblem(bytes)).toBe(DOES_SOMETHING);
  });

  it.each<[string, Buffer]>([
    ['a bomb', packedPdf([`<</X(${'a'.repeat(9 * 1024 * 1024)})>>`])],
    [
      'many bombs',
      Buffer.concat(Array.from({ length: 6 }, () => packedPdf([`<</X(${'a'.repeat(7 * 1024 * 1024)})>>`]))),
    ],
    ['thousands of streams', Buffer.concat(Array.from({ length: 5001 }, () => packedPdf([CATALOG])))],
    ['another filter', packedPdf([RUNS], { filter: '/LZWDecode' })],
    ['two filters', packedPdf([RUNS], { filter: '[/ASCIIHexDecode/FlateDecode]' })],
    ['a filter that is elsewhere', packedPdf([RUNS], { filter: '8 0 R' })],
    [
      'bytes that were turned round first',
      packedPdf([RUNS], { before: '/DecodeParms<</Predictor 12/Columns 4>>' }),
    ],
    ['bytes that do not inflate', packedPdf([RUNS], { packed: latin('nonsense') })],
    ['bytes that end too early', packedPdf([RUNS], { packed: deflateSync(RUNS).subarray(0, 12) })],
    ['a dictionary that never ends', whole('1 0 obj<</A(')],
    ['a gap as long as a book before it', whole(`1 0 obj%${' '.repeat(300 * 1024)}\n${RUNS}`)],
    ['a hundred dictionaries within each other', whole(`1 0 obj${'<</A'.repeat(101)}${'>>'.repeat(101)}`)],
    [
      'strings within strings, each called an object',
      whole(`1 0 obj<</A${'(obj<<'.repeat(20_000)}${')'.repeat(20_000)}>>`),
    ],
    [
      'dictionaries within dictionaries, each called an object',
      whole(`${'1 0 obj<<'.repeat(20_000)}${'>>'.repeat(20_000)}`),
    ],
    [
      'a list that reads one dictionary ten thousand times',
      packedPdf([`<</X(${'a'.repeat(200 * 1024)})>>`], { list: '1 0 '.repeat(10_000) }),
    ],
  ])('%s: cannot be looked through', async (_what, bytes) => {
    expect(await hiddenProblem(bytes)).toBe(UNSEEN_PARTS);
  });
});
