import { noTextProblem, otherTextProblem } from './file-kind.rules.js';

const BINARY = Buffer.from('PK\x03\x04\x14\x00', 'latin1');
const TEXT = Buffer.from('BMI,name\r\n\t1,Caf\xe9\f\x1b\v\n', 'latin1');
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe('what is no text', () => {
  it.each<[string | undefined, RegExp]>([
    [
      XLSX,
      /^This is an Excel workbook\. In Excel choose Save as and the type “CSV UTF-8”, then send that file$/,
    ],
    ['application/vnd.ms-excel', /Excel workbook/],
    ['application/vnd.ms-excel.sheet.macroenabled.12', /Excel workbook/],
    [
      'application/vnd.oasis.opendocument.spreadsheet',
      /OpenDocument sheet\. Open it in a spreadsheet program/,
    ],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', /a text document/],
    ['application/x-cfb', /older Office program/],
    ['image/png', /^This is a picture\. Send the list itself/],
    ['application/zip', /packed file or a workbook\. Unpack it/],
    ['application/gzip', /packed file/],
    ['video/mp4', /^This is not a text file\. Save the list as CSV UTF-8/],
    [undefined, /not a text file/],
  ])('%s says what it is and what to do', (mime, words) => {
    expect(noTextProblem(BINARY, mime, 'csv')).toMatch(words);
  });

  it.each([
    ['%PDF-1.7\n', 'application/pdf', /a PDF/],
    ['{\\rtf1 Groups}', 'application/rtf', /a text document/],
  ])('%j is none though every character of it is one', (head, mime, words) => {
    expect(noTextProblem(Buffer.from(head), mime, 'csv')).toMatch(words);
  });

  it('is told what is wanted where that is no sheet', () => {
    expect(noTextProblem(BINARY, XLSX, 'json')).toMatch(
      /^This is an Excel workbook\. Services of groups come as JSON/,
    );
  });

  it.each([undefined, 'image/bmp'])('is not a text, though it begins like %s', (mime) => {
    expect(noTextProblem(TEXT, mime, 'csv')).toBeNull();
  });

  it('is not a text with a stray character in it', () => {
    expect(noTextProblem(Buffer.from('name,town\nCh\x00oir,\x02Leeds\n'), undefined, 'csv')).toBeNull();
    expect(noTextProblem(Buffer.alloc(0), undefined, 'csv')).toBeNull();
  });
});

describe('what is a text and no sheet', () => {
  it.each([
    ['[{"name":"A"}', /JSON/],
    ['{"contents":[', /JSON/],
    ['<!doctype HTML>', /a web page/],
    ['<html lang="en">', /a web page/],
    ['<?xml version="1.0"?>', /XML/],
  ])('%j', (heading, words) => {
    expect(otherTextProblem(heading)).toMatch(words);
  });

  it.each(['name', '', 'a < b'])('%j may be a heading', (heading) => {
    expect(otherTextProblem(heading)).toBeNull();
  });
});
