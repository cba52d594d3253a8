export const HELP_KINDS = [
  'food_parcel',
  'prescription_collection',
  'welfare_call',
  'essential_items',
  'digital_help',
  'transport',
] as const;
export type HelpKind = (typeof HELP_KINDS)[number];

export const MOST_QUANTITY = 1000;
export const MOST_IN_A_HOUSEHOLD = 30;

/** Help as its row says. Dates are 'YYYY-MM-DD'. */
export interface HelpRow {
  id: string;
  version: number;
  kind: HelpKind;
  quantity: number;
  householdMembers: number | null;
  givenOn: string;
  organisationId: string;
  clientId: string | null;
  onwardReferralId: string | null;
  neighbourhoodId: string | null;
  note: string | null;
  voided: boolean;
}
