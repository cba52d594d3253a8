import type { AssetKind, AssetState, FoundBy, LiveWellDomain } from '../../assets/asset.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const ASSET_KIND_WORDS: Record<AssetKind, string> = sayAll({
  people_and_skills: 'People and skills',
  associations: 'Clubs and associations',
  institutions: 'Institutions',
  places: 'Places',
  culture: 'Culture',
  local_economy: 'Local economy',
});

export const DOMAIN_WORDS: Record<LiveWellDomain, string> = sayAll({
  start_well: 'Start well',
  be_well: 'Be well',
  stay_well: 'Stay well',
  age_well: 'Age well, end of life and bereavement',
});

export const ASSET_STATE_WORDS: Record<AssetState, string> = sayAll({
  draft: 'Draft',
  in_review: 'To be looked at',
  published: 'On the map',
  retired: 'Taken off',
});

export const ASSET_STATE_COLOURS: Record<AssetState, string> = {
  draft: 'grey',
  in_review: 'yellow',
  published: 'green',
  retired: 'grey',
};

export const FOUND_BY_WORDS: Record<FoundBy, string> = sayAll({
  survey: 'They told us in a survey',
  conversation: 'In a conversation',
  import: 'From a list',
});
