import { termOfAccess, termOfNeed } from '../open-referral/taxonomies.catalogue.js';
import { readService } from './hsds-service.rules.js';
import { plainText } from './plain-text.rules.js';

const SERVICE = {
  id: 'abc-1',
  name: 'Warm lunch',
  description: 'Soup for lonely people',
  status: 'active',
  organization: { id: 'org-1', name: 'St Mary’s Church' },
};
const read = (more: object) => readService({ ...SERVICE, ...more }, 'feed');
const value = (more: object) => {
  const checked = read(more);
  if (checked === 'ignore' || !checked.ok) throw new Error(JSON.stringify(checked));
  return checked.value;
};
const details = (more: object) => value(more).details;

describe('reading a service of somebody else’s feed', () => {
  it('takes what it says', () => {
    expect(value({})).toMatchObject({
      source: 'feed',
      sourceId: 'abc-1',
      organisationSourceId: 'org-1',
      name: 'St Mary’s Church',
      kind: 'faith_group',
      service: 'Warm lunch',
      description: 'Soup for lonely people',
      needs: ['loneliness'],
      details: { cost: null, areas: null, minimumAge: null },
    });
  });

  it.each([
    [null, 'whole row'],
    ['text', 'whole row'],
    [[], 'whole row'],
    [{}, 'id'],
    [{ ...SERVICE, id: '' }, 'id'],
    [{ ...SERVICE, id: 'x'.repeat(201) }, 'id'],
    [{ ...SERVICE, id: { a: 1 } }, 'id'],
    [{ ...SERVICE, name: null }, 'name'],
    [{ ...SERVICE, name: '<b></b>' }, 'name'],
    [{ ...SERVICE, name: 'x'.repeat(1_000_000) }, 'name'],
    [{ ...SERVICE, organization: undefined }, 'organization'],
    [{ ...SERVICE, organization: { id: 'o' } }, 'organization'],
    [{ ...SERVICE, organization: 'St Mary’s' }, 'organization'],
    [{ ...SERVICE, organization: { id: 'o', name: 'x'.repeat(201) } }, 'organization.name'],
  ])('refuses %#: %s', (raw, column) => {
    expect(readService(raw, 'feed')).toMatchObject({
      ok: false,
      column,
      reason: expect.any(String) as string,
    });
  });

  it.each(['inactive', 'defunct'])('leaves out what is %s', (status) => {
    expect(read({ status })).toBe('ignore');
  });

  it.each([
    [{ minimum_age: -1, maximum_age: 200 }, null, null],
    [{ minimum_age: 18, maximum_age: 65 }, 18, 65],
    [{ minimum_age: '18', maximum_age: '' }, 18, null],
    [{ minimum_age: 65, maximum_age: 18 }, null, null],
    [{ minimum_age: 'adult', maximum_age: {} }, null, null],
    [{ minimum_age: 0.5 }, 0, null],
  ])('ages %j', (more, minimumAge, maximumAge) => {
    expect(details(more)).toMatchObject({ minimumAge, maximumAge });
  });

  const at = (location: object) => value({ service_at_locations: [{ location }] });

  it.each([
    [{ latitude: 51.5, longitude: -0.1 }, 51.5, -0.1],
    [{ latitude: '51.5', longitude: '-0.1' }, 51.5, -0.1],
    [{ latitude: 100, longitude: 101 }, null, null],
    [{ latitude: 0, longitude: 0 }, null, null],
    [{ latitude: 51.5 }, null, null],
    [{ latitude: 'north', longitude: null }, null, null],
  ])('points %j', (location, latitude, longitude) => {
    expect(at(location).details).toMatchObject({ latitude, longitude });
  });

  it('reads an address of several fields as one', () => {
    const addresses = [
      {
        address_1: ' 1 Mill <b>Lane</b> ',
        city: 'Saltwick',
        state_province: 'Essex',
        postal_code: 'co971aa',
      },
    ];
    expect(at({ addresses })).toMatchObject({ address: '1 Mill Lane, Saltwick', postcode: 'CO97 1AA' });
    expect(at({ addresses: [{ postal_code: 'ABC 1234' }] })).toMatchObject({ address: null, postcode: null });
    expect(value({ service_at_locations: 'nowhere' })).toMatchObject({ address: null, postcode: null });
  });

  it.each([
    [
      { freq: 'WEEKLY', byday: 'TH,FR', opens_at: '10:00:00', closes_at: '18:00:00' },
      ['thursday week', 'friday week'],
    ],
    [
      { freq: 'WEEKLY', interval: 2, byday: 'MO', opens_at: '10:00', closes_at: '11:00' },
      ['monday fortnight'],
    ],
    [{ freq: 'MONTHLY', byday: '1SU', opens_at: '10:00Z', closes_at: '11:00+01:00' }, ['sunday month']],
    [{ byday: 'MO', opens_at: '18:00', closes_at: '10:00' }, []],
    [{ byday: 'XX', opens_at: '10:00', closes_at: '11:00' }, []],
    [{ byday: 5, opens_at: 'ten', closes_at: '2005-01-01T10:00' }, []],
    [{ valid_from: '2005-01-01', dtstart: '2005-01-01T10:00:00' }, []],
  ])('times %j', (schedule, expected) => {
    const sessions = details({ schedules: [schedule] }).schedule?.map(({ day, every }) => `${day} ${every}`);
    expect(sessions).toEqual(expected);
  });

  it.each([
    [{}, null, null],
    [{ fees: 'Ask at the door' }, null, 'Ask at the door'],
    [{ fees: 'Free to all' }, 'free', null],
    [{ fees: 'There is no charge' }, 'free', null],
    [{ fees: 'Free for carers, others £3' }, 'paid', 'Free for carers, others £3'],
    [{ cost_options: [{ option: 'Free', amount: 0 }] }, 'free', null],
    [
      { cost_options: [{ option: 'Adults', amount: 35, amount_description: 'per hour' }] },
      'paid',
      'Adults per hour',
    ],
    [{ fees: '£3 for lunch' }, 'paid', '£3 for lunch'],
    [{ fees: 'A small donation' }, 'donation', 'A small donation'],
  ])('cost %j', (more, cost, costNote) => {
    expect(details(more)).toMatchObject({ cost, costNote });
  });

  it.each([
    [
      ['CO15', 'co16', 'CO15'],
      ['CO15', 'CO16'],
    ],
    [['Essex'], null],
    [['Essex', 'CO15'], ['CO15']],
    [[], null],
  ])('areas %j', (names, areas) => {
    expect(details({ service_areas: names.map((name) => ({ name })) }).areas).toEqual(areas);
  });

  it('knows our own terms, else what other lists’ words plainly say', () => {
    const term = (taxonomy_term: object) => ({ id: 'x', taxonomy_term });
    const own = value({ attributes: [term(termOfNeed('housing')), term(termOfAccess('bsl'))] });
    expect([own.needs, own.details.access]).toEqual([['housing'], ['bsl']]);
    expect(
      value({ description: 'Soup', attributes: [term({ id: 't', name: 'Debt advice' })] }).needs,
    ).toEqual(['debt_and_money']);
  });

  it.each([
    [[{ available: 3, maximum: 10 }], 3],
    [[{ maximum: 10 }], 10],
    [[{ available: 3 }], 3],
    [[{ available: -1 }], null],
    [[{ maximum: 2.5 }], null],
    [[], null],
    ['ten', null],
  ])('places %j', (service_capacity, placesTotal) => {
    expect(details({ service_capacity }).placesTotal).toBe(placesTotal);
  });

  it('takes districts and languages, and leaves out what is neither', () => {
    const read = details({
      service_areas: [{ name: 'co97' }, { name: 'All of England' }, { name: 'CO97' }],
      languages: [{ code: 'bn' }, { id: 'x' }, { code: 'English' }],
    });
    expect([read.areas, read.languages]).toEqual([['CO97'], ['bn']]);
  });

  it('shortens a long description', () => {
    expect(value({ description: 'x'.repeat(9000) }).description).toHaveLength(4000);
  });
});

describe('the words of HTML', () => {
  it.each([
    ['<p>Tea &amp; cake</p><p>Every <b>Monday</b></p>', 'Tea & cake\nEvery Monday'],
    ['a<script>alert("x")</script>b', 'a b'],
    ['a<style>p { color: red }</style>b', 'a b'],
    ['&lt;b&gt; caf&#233; &#xe9; &pound;3 &nosuch;', '<b> café é £3 &nosuch;'],
    ['<img src=x onerror=alert(1)>tea', 'tea'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['one<br>two<br/><br><br><br>three', 'one\ntwo\n\nthree'],
    ['a\u0000\u0007b', 'a b'],
    [' \t tea \r\n ', 'tea'],
    ['&#xd800;&#0;', '&#xd800;&#0;'],
    [5, ''],
    [null, ''],
  ])('%j', (html, text) => {
    expect(plainText(html)).toBe(text);
  });

  it.each([
    '<'.repeat(2_000_000),
    '<script>'.repeat(400_000),
    '<a '.repeat(1_000_000),
    '&'.repeat(2_000_000),
    ' \n'.repeat(1_000_000),
  ])('ends within the limit of a test over a text whose square would take hours: %#', (hostile) => {
    expect(plainText(hostile).length).toBeLessThanOrEqual(hostile.length);
  });
});
