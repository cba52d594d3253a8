import type { Need } from '../platform/words/needs.js';
import type { Tradition } from '../platform/words/traditions.js';

export type GroupSector = 'charity' | 'community' | 'faith' | 'social_enterprise' | 'council';

/** A kind of group that any town may have. `{town}` and `{saint}` are filled in. */
export interface GroupPattern {
  name: string;
  sector: GroupSector;
  tradition?: Tradition;
  prayer?: 'never' | 'only_if_asked' | 'may_ask_first';
  content?: 'none' | 'optional' | 'part_of_it';
  contentExamples?: string;
  food?: readonly string[];
  workingWithUs: string;
  services: readonly ServicePattern[];
}

export interface ServicePattern {
  name: string;
  description: string;
  needs: readonly [Need, ...Need[]];
  places: 'counted' | 'drop_in' | 'ask_first';
  day: string;
  from: string;
  to: string;
  level?: 'personal_contact' | 'alone_or_vulnerable';
  forWhom?: 'women' | 'men';
  cost?: 'donation' | 'paid';
  volunteerRole?: true;
  setting?: 'place_of_worship' | 'religious';
}

// prettier-ignore
export const FAITH_GROUPS: readonly GroupPattern[] = [
  { name: "St Botolph's Church, {town}", sector: 'faith', tradition: 'christian', prayer: 'only_if_asked', content: 'optional', contentExamples: 'Grace before lunch; a short reading that anyone may sit out',
    food: ['vegetarian'], workingWithUs: 'Ring the office on Tuesday or Thursday mornings. We welcome everybody and ask nothing about belief.',
    services: [
      { name: 'Warm Welcome lunch', description: 'Soup, company and a warm room. Come on your own or with a friend.', needs: ['loneliness', 'food'], places: 'drop_in', day: 'wednesday', from: '12:00', to: '14:00', setting: 'place_of_worship' },
      { name: 'Bereavement café', description: 'Tea and listening for anyone who has lost somebody, however long ago.', needs: ['bereavement', 'loneliness'], places: 'counted', day: 'thursday', from: '10:30', to: '12:00', setting: 'place_of_worship' },
    ] },
  { name: '{town} Methodist Church', sector: 'faith', tradition: 'christian', prayer: 'only_if_asked', content: 'none', workingWithUs: 'E-mail is best; our volunteers meet on Mondays.',
    services: [{ name: 'Debt help desk', description: 'A trained adviser helps you sort letters and plan what to pay first.', needs: ['debt_and_money', 'housing'], places: 'counted', day: 'monday', from: '10:00', to: '13:00', level: 'personal_contact' }] },
  { name: '{town} Salvation Army', sector: 'faith', tradition: 'christian', prayer: 'may_ask_first', content: 'optional', contentExamples: 'A hymn at the end of the morning', food: ['vegetarian', 'halal'], workingWithUs: 'Come and see us first; we would rather talk than write.',
    services: [{ name: 'Pantry and friendship morning', description: 'Affordable food, a hot drink and a chat.', needs: ['food', 'loneliness', 'debt_and_money'], places: 'drop_in', day: 'tuesday', from: '09:30', to: '12:00' }] },
  { name: '{town} Mosque and Community Centre', sector: 'faith', tradition: 'muslim', prayer: 'never', content: 'none', food: ['halal', 'alcohol_free'], workingWithUs: 'Please avoid Friday from noon to three. In Ramadan we give more, not less.',
    services: [
      { name: "Women's sewing and conversation circle", description: 'Sew, talk and practise English in a friendly room for women only.', needs: ['loneliness', 'work_and_learning'], places: 'counted', day: 'tuesday', from: '13:00', to: '15:00', forWhom: 'women' },
      { name: 'Food parcels', description: 'A parcel for your household, delivered or collected, for anyone in need.', needs: ['food', 'practical_help'], places: 'ask_first', day: 'saturday', from: '10:00', to: '12:00' },
    ] },
  { name: 'Gurdwara Sri {town}', sector: 'faith', tradition: 'sikh', prayer: 'never', content: 'optional', contentExamples: 'The prayer hall is open to all; heads covered there', food: ['vegetarian', 'alcohol_free'], workingWithUs: 'Langar is open to everybody, every day. Just come.',
    services: [{ name: 'Langar: a free meal together', description: 'Sit, eat and be welcome. Vegetarian, free, no questions.', needs: ['food', 'loneliness'], places: 'drop_in', day: 'sunday', from: '12:00', to: '15:00', setting: 'religious' }] },
  { name: '{town} Quaker Meeting', sector: 'faith', tradition: 'christian', prayer: 'never', content: 'none', workingWithUs: 'Quiet people answer slowly: give us a week.',
    services: [{ name: 'Quiet garden', description: 'Gentle gardening in silence or in talk, as you like.', needs: ['low_mood', 'creativity_and_nature'], places: 'counted', day: 'friday', from: '10:00', to: '12:00' }] },
  { name: '{town} Hindu Society', sector: 'faith', tradition: 'hindu', prayer: 'only_if_asked', content: 'optional', contentExamples: 'Festival days begin with a short aarti', food: ['vegetarian'], workingWithUs: 'Our elders’ club is run by volunteers who work; evenings are best.',
    services: [{ name: 'Chair yoga for elders', description: 'Gentle movement sitting down, tea afterwards.', needs: ['inactivity', 'loneliness', 'long_term_condition'], places: 'counted', day: 'thursday', from: '14:00', to: '15:30' }] },
  { name: '{town} Jewish Community', sector: 'faith', tradition: 'jewish', prayer: 'never', content: 'none', food: ['kosher'], workingWithUs: 'We are closed on Saturdays and on holy days.',
    services: [{ name: 'Befriending visits', description: 'A volunteer visits once a week for an hour of company.', needs: ['loneliness', 'carer_support'], places: 'counted', day: 'wednesday', from: '14:00', to: '16:00', level: 'alone_or_vulnerable' }] },
  { name: 'New Life Church, {town}', sector: 'faith', tradition: 'christian', prayer: 'may_ask_first', content: 'part_of_it', contentExamples: 'Songs and a short talk at the toddler morning', workingWithUs: 'Tell us if prayer is not wanted and it will not be offered.',
    services: [{ name: 'Toddlers and tea', description: 'Toys, songs and grown-up company.', needs: ['loneliness', 'carer_support'], places: 'drop_in', day: 'monday', from: '09:30', to: '11:00', setting: 'religious' }] },
  { name: '{town} Buddhist Group', sector: 'faith', tradition: 'buddhist', prayer: 'never', content: 'none', workingWithUs: 'All our teachers are volunteers.',
    services: [{ name: 'Breathing space', description: 'Learn simple ways to settle a busy mind.', needs: ['low_mood', 'long_term_condition'], places: 'counted', day: 'tuesday', from: '18:30', to: '19:30', cost: 'donation' }] },
];

// prettier-ignore
export const COMMUNITY_GROUPS: readonly GroupPattern[] = [
  { name: '{town} Men’s Shed', sector: 'community', workingWithUs: 'Drop in and have a brew before anybody signs anything.',
    services: [{ name: 'Workshop mornings', description: 'Make and mend things side by side. Tools provided.', needs: ['loneliness', 'creativity_and_nature', 'low_mood'], places: 'counted', day: 'tuesday', from: '10:00', to: '13:00', forWhom: 'men' }] },
  { name: '{town} Walking for Health', sector: 'community', workingWithUs: 'Walks go out in all but the worst weather.',
    services: [{ name: 'Short walks', description: 'Thirty minutes on the flat, then tea.', needs: ['inactivity', 'loneliness', 'long_term_condition'], places: 'drop_in', day: 'thursday', from: '10:00', to: '11:30' }] },
  { name: '{town} Money Advice', sector: 'charity', workingWithUs: 'Please say if bailiffs are involved: we move those up.',
    services: [{ name: 'Debt and benefits appointments', description: 'Free, confidential advice with a trained adviser.', needs: ['debt_and_money', 'housing'], places: 'counted', day: 'wednesday', from: '09:30', to: '15:30', level: 'personal_contact' }] },
  { name: '{town} Carers Circle', sector: 'charity', workingWithUs: 'Carers cancel at short notice. That is fine.',
    services: [{ name: 'Carers’ coffee hour', description: 'Meet others who look after somebody.', needs: ['carer_support', 'loneliness'], places: 'drop_in', day: 'friday', from: '10:30', to: '12:00' }] },
  { name: '{town} Community Choir', sector: 'community', workingWithUs: 'No auditions, no reading music.',
    services: [{ name: 'Singing for breath and pleasure', description: 'Warm-ups and well-known songs.', needs: ['low_mood', 'loneliness', 'long_term_condition'], places: 'counted', day: 'monday', from: '19:00', to: '20:30', cost: 'paid' }] },
  { name: '{town} Allotment Society', sector: 'community', workingWithUs: 'From October to February we mostly drink tea in the hut.',
    services: [{ name: 'Grow together plot', description: 'A shared plot with raised beds.', needs: ['creativity_and_nature', 'inactivity', 'low_mood'], places: 'counted', day: 'saturday', from: '10:00', to: '12:30' }] },
  { name: '{town} Befrienders', sector: 'charity', workingWithUs: 'Matching a visitor takes about three weeks.',
    services: [{ name: 'Weekly phone friend', description: 'The same voice every week.', needs: ['loneliness', 'bereavement'], places: 'counted', day: 'tuesday', from: '10:00', to: '16:00', level: 'personal_contact' }] },
  { name: '{town} Digital Helpers', sector: 'council', workingWithUs: 'Bring the device, the charger and the letter with the password.',
    services: [{ name: 'Phone and tablet drop-in', description: 'Patient help with your own device.', needs: ['digital', 'work_and_learning'], places: 'drop_in', day: 'wednesday', from: '14:00', to: '16:00' }] },
  { name: '{town} Bereavement Support', sector: 'charity', workingWithUs: 'We offer six sessions and then a group.',
    services: [{ name: 'One-to-one bereavement support', description: 'Six conversations with a trained listener.', needs: ['bereavement', 'low_mood'], places: 'counted', day: 'thursday', from: '09:30', to: '16:30', level: 'alone_or_vulnerable' }] },
  { name: '{town} Community Transport', sector: 'social_enterprise', workingWithUs: 'Two working days’ notice, please.',
    services: [{ name: 'Door-to-door lifts', description: 'A friendly driver to appointments and groups.', needs: ['practical_help', 'long_term_condition'], places: 'ask_first', day: 'monday', from: '09:00', to: '17:00', cost: 'paid' }] },
  { name: '{town} Repair Café', sector: 'social_enterprise', workingWithUs: 'Helpers wanted as much as broken toasters.',
    services: [{ name: 'Mend and meet', description: 'Bring something broken or help to mend it.', needs: ['practical_help', 'creativity_and_nature', 'work_and_learning'], places: 'drop_in', day: 'saturday', from: '14:00', to: '16:30', cost: 'donation' },
      { name: 'Help at the mending table', description: 'Give two hours a month: sew, solder, or make the tea.', needs: ['work_and_learning', 'creativity_and_nature'], places: 'ask_first', day: 'saturday', from: '13:30', to: '16:30', volunteerRole: true }] },
];
