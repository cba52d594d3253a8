export const ASSET_STATES = ['draft', 'in_review', 'published', 'retired'] as const;
export type AssetState = (typeof ASSET_STATES)[number];

export const ASSET_KINDS = [
  'people_and_skills',
  'associations',
  'institutions',
  'places',
  'culture',
  'local_economy',
] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

/** The life course of Live Well. "Age well" holds the end of life and bereavement, as pages say. */
export const LIVE_WELL_DOMAINS = ['start_well', 'be_well', 'stay_well', 'age_well'] as const;
export type LiveWellDomain = (typeof LIVE_WELL_DOMAINS)[number];

export const FOUND_BY = ['survey', 'conversation', 'import'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

/** An asset is worth another look this many days after somebody last said it is right. */
export const ASSET_CHECK_DAYS = 365;

/** An asset as its row says. Dates are 'YYYY-MM-DD'. */
export interface AssetRow {
  id: string;
  version: number;
  name: string;
  description: string;
  state: AssetState;
  kind: AssetKind;
  domains: LiveWellDomain[];
  neighbourhoodId: string | null;
  /** A community of interest, such as "carers" or "people who speak Polish". */
  community: string | null;
  takesReferrals: boolean;
  howToJoin: string | null;
  address: string | null;
  postcode: string | null;
  organisationId: string | null;
  listingId: string | null;
  foundBy: FoundBy;
  foundOn: string;
  confirmedOn: string | null;
  source: string | null;
}
