import { covenantProblems, signatureProblems } from './covenant.rules.js';

const TODAY = '2026-11-23';
const commitment = (code: string) => ({ code, words: 'We do' });
const COVENANT = {
  commitments: [commitment('no_religious_pressure'), commitment('keep_in_touch')],
  publishedOn: '2026-11-01',
};

describe('what is wrong with a local agreement', () => {
  it.each([
    [['no_religious_pressure', 'keep_in_touch'], []],
    [['keep_in_touch', 'keep_in_touch'], ['commitments.1.code']],
    [['Keep in touch'], ['commitments.0.code']],
    [['a'], ['commitments.0.code']],
    [['fine_code', '1st'], ['commitments.1.code']],
  ])('%j: %j', (codes, fields) => {
    expect(covenantProblems(codes.map(commitment)).map(({ field }) => field)).toEqual(fields);
  });
});

describe('what is wrong with a signature', () => {
  it.each([
    ['nothing', { commitments: ['keep_in_touch'], signedOn: TODAY }, []],
    ['signed on the day it was published', { commitments: ['keep_in_touch'], signedOn: '2026-11-01' }, []],
    ['another commitment', { commitments: ['be_nice'], signedOn: TODAY }, ['commitments']],
    ['tomorrow', { commitments: ['keep_in_touch'], signedOn: '2026-11-24' }, ['signedOn']],
    ['before it was published', { commitments: ['keep_in_touch'], signedOn: '2026-10-31' }, ['signedOn']],
  ])('%s', (_name, signature, fields) => {
    expect(signatureProblems(signature, COVENANT, TODAY).map(({ field }) => field)).toEqual(fields);
  });
});
