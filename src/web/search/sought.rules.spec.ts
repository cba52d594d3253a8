import { soughtIn } from './sought.rules.js';

describe('what somebody looks for', () => {
  it.each([
    ['999 000 0018', { by: 'nhsNumber', nhsNumber: '9990000018' }],
    ['999-000-0018', { by: 'nhsNumber', nhsNumber: '9990000018' }],
    ['07700 900123', { by: 'phone', phone: '+447700900123' }],
    ['+44 7700 900123', { by: 'phone', phone: '+447700900123' }],
    ['co15 1ab', { by: 'postcode', postcode: 'CO15 1AB' }],
    ['15/3/1984', { by: 'dateOfBirth', dateOfBirth: '1984-03-15' }],
    ['k7rx-4pmw', { by: 'reference', reference: 'K7RX-4PMW' }],
    ['6XR-5GV8', { by: 'reference', reference: '6XR-5GV8' }],
    ['Okafor', { by: 'name', lastName: 'Okafor' }],
    ['  Grace   Okafor ', { by: 'name', firstName: 'Grace', lastName: 'Okafor' }],
    ['Okafor, Grace', { by: 'name', firstName: 'Grace', lastName: 'Okafor' }],
    ['Okafor,', { by: 'name', lastName: 'Okafor' }],
    ['Anna van der Berg', { by: 'name', firstName: 'Anna', lastName: 'van der Berg' }],
    ['O’Brien-Śmith', { by: 'name', lastName: 'O’Brien-Śmith' }],
  ])('%j', (typed, sought) => {
    expect(soughtIn(typed)).toEqual(sought);
  });

  it.each([
    ['   ', 'Enter an NHS number, a name, a phone number or a postcode'],
    ['9990000019', 'Check the NHS number: the last digit does not match'],
    ['31/2/1984', 'Enter a real date, like 15/3/1984'],
    ['99900', 'Enter a whole NHS number, phone number or postcode, a date like 15/3/1984, or a name'],
    [
      'grace@example.org',
      'Enter a whole NHS number, phone number or postcode, a date like 15/3/1984, or a name',
    ],
    [',', 'Enter at least one letter'],
  ])('%j is refused: %s', (typed, problem) => {
    expect(soughtIn(typed)).toEqual({ by: 'nothing', problem });
  });
});
