import {
  Choice,
  MomentOrDate,
  NumberInQuery,
  Postcode,
  Text,
  Uuid,
  YesNoInQuery,
} from '../platform/http/fields.js';

export const FORMATS = ['json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** How much of an answer, and in which form. Names are those of the specification. */
export class FeedPageQuery {
  @NumberInQuery({ optional: true, min: 1, max: 1_000_000, description: 'The first unless told.' })
  page?: number;

  @NumberInQuery({
    optional: true,
    min: 1,
    max: 20_000,
    description: '50 unless told; more than 500 only with minimal, which is 20,000 unless told.',
  })
  per_page?: number;

  @Choice(FORMATS, {
    optional: true,
    description: 'ndjson streams everything, one a line; page and per_page then say nothing.',
  })
  format?: Format;
}

export class FeedListQuery extends FeedPageQuery {
  @Text({ optional: true, max: 200, description: 'Words, "a phrase", or -not.' })
  search?: string;
}

export class OrganizationQuery {
  @YesNoInQuery({ optional: true, description: 'With its services in full.' })
  full_service?: boolean;
}

export class OrganizationsQuery extends FeedListQuery {
  @YesNoInQuery({ optional: true, description: 'With everything nested.' })
  full?: boolean;

  @YesNoInQuery({ optional: true, description: 'With their services in full; at most 100 a page.' })
  full_service?: boolean;
}

export class TermsQuery extends FeedListQuery {
  @Uuid({ optional: true })
  taxonomy_id?: string;

  @YesNoInQuery({ optional: true, description: 'None of these terms stands under another.' })
  top_only?: boolean;

  @Uuid({ optional: true })
  parent_id?: string;
}

class ServiceFilterQuery extends FeedListQuery {
  @Uuid({ optional: true })
  taxonomy_term_id?: string;

  @Uuid({ optional: true })
  taxonomy_id?: string;

  @Uuid({ optional: true })
  organization_id?: string;

  @MomentOrDate({
    optional: true,
    description:
      'Changed then or later. A date alone is its start in London; a time without a zone is that of a clock in London.',
  })
  modified_after?: string;

  @YesNoInQuery({ optional: true, description: 'With everything nested.' })
  full?: boolean;
}

export class ServicesQuery extends ServiceFilterQuery {
  @YesNoInQuery({ optional: true, description: 'Ids and when they changed, as many as possible at once.' })
  minimal?: boolean;
}

export class ServiceAtLocationsQuery extends ServiceFilterQuery {
  @Postcode({
    optional: true,
    description: 'Only services that cover it; with proximity, only those near it.',
  })
  postcode?: string;

  @NumberInQuery({
    optional: true,
    min: 1,
    max: 500_000,
    whole: false,
    description: 'Metres from the middle of the postcode.',
  })
  proximity?: number;
}
