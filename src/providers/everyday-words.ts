import type { Need } from '../platform/words/needs.js';

/**
 * Words people use for what they want help with. They are words, not slips of the finger: none is put right to another
 * that only looks like it, and where no service has one, what helps with that need is found.
 */
const OF_NEEDS: Record<Exclude<Need, 'other'>, string> = {
  loneliness:
    'lonely alone lonesome isolated isolation friendless company companion companionship befriend befriender befriending friend friends friendship social socialise sociable',
  bereavement: 'bereaved grief grieve grieving loss mourning widow widowed widower funeral',
  debt_and_money:
    'debt debts money bills benefits budget budgeting poverty skint broke arrears pension finance finances universal',
  housing: 'homeless homelessness rent tenancy eviction evicted landlord mortgage repairs damp',
  food: 'foodbank meal meals hungry hunger groceries pantry parcel parcels',
  inactivity:
    'exercise exercises fitness fit active walk walks walking swim swimming sport sports gym yoga pilates dance dancing football bowls',
  low_mood:
    'sad sadness depressed depression anxious anxiety worry worried stress stressed mood mental wellbeing mindfulness',
  carer_support: 'carer carers caring respite',
  work_and_learning:
    'work job jobs employment unemployed training course courses learn learning english literacy numeracy volunteer volunteering',
  digital: 'computer computers internet online tablet phone smartphone laptop',
  long_term_condition:
    'diabetes dementia stroke cancer arthritis asthma copd pain memory alzheimers parkinsons disability disabled',
  domestic_difficulty:
    'family families parents parenting toddler toddlers divorce separated relationship abuse',
  practical_help: 'shopping transport lift lifts cleaning handyman prescription prescriptions laundry forms',
  creativity_and_nature:
    'art arts craft crafts craftwork painting drawing pottery sewing knitting knit crochet music sing singing choir choirs ukulele drama theatre writing reading book books photography garden gardens gardening allotment allotments nature birds wildlife woodwork shed',
  faith_and_belonging: 'faith prayer church mosque temple gurdwara synagogue worship belonging spiritual',
};

/** What kinds of thing there are to go to. */
const OF_OFFERS =
  'advice bank breakfast cafe centre chat chess class classes clinic club clubs coffee dinner drop exercise friday games group groups help hub hubs kitchen library lunch lunches men mens monday morning mornings pub quiz saturday session sessions sunday supper support tea thursday tuesday visit visiting warm wednesday women womens youth';

/** Spelt as they sound, which neither letters nor their order tell. */
const AS_THEY_SOUND = { quire: 'choir', coir: 'choir', kwire: 'choir', greif: 'bereavement' };

export interface EverydayWord {
  word: string;
  /** What is looked for where no service has the word itself. */
  means: string;
}

const EACH: EverydayWord[] = [
  ...Object.entries(AS_THEY_SOUND).map(([word, means]) => ({ word, means })),
  ...Object.entries(OF_NEEDS).flatMap(([need, words]) =>
    words.split(' ').map((word) => ({ word, means: need.replaceAll('_', ' ') })),
  ),
  ...OF_OFFERS.split(' ').map((word) => ({ word, means: word })),
];

/** Each once, in lower case without accents. */
export const EVERYDAY_WORDS: readonly EverydayWord[] = [
  ...new Map(EACH.toReversed().map((one) => [one.word, one])).values(),
];
