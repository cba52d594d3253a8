import type { HelpKind } from '../../assets/help.types.js';

export const HELP_WORDS: Record<HelpKind, string> = {
  food_parcel: 'Food parcels',
  prescription_collection: 'Prescriptions collected',
  welfare_call: 'Calls to see how somebody is',
  essential_items: 'Essential things, such as bedding or a kettle',
  digital_help: 'Help with a phone, a computer or a form online',
  transport: 'Lifts',
};
