import { Injectable } from '@nestjs/common';
import { momentIn } from '../platform/clock/calendar.js';
import { Refusal } from '../platform/errors/refusal.js';
import { isUuid } from '../platform/pure/ids.js';
import { outwardCode } from '../platform/pure/postcode.js';
import { without } from '../platform/pure/without.js';
import type { AccessNeed } from '../platform/words/access.js';
import type { Need } from '../platform/words/needs.js';
import type {
  PublishedFilter,
  PublishedOrganisation,
  PublishedService,
} from '../providers/published-service.types.js';
import { PublishedServices } from '../providers/published-services.queries.js';
import type {
  FeedListQuery,
  FeedPageQuery,
  OrganizationQuery,
  OrganizationsQuery,
  ServiceAtLocationsQuery,
  ServicesQuery,
  TermsQuery,
} from './feed.dto.js';
import { partId } from './hsds-ids.rules.js';
import * as hsds from './hsds.rules.js';
import type { Hsds } from './hsds.rules.js';
import {
  ACCESS_TAXONOMY,
  NEEDS_TAXONOMY,
  TAXONOMIES,
  TERMS,
  VOLUNTEER_ROLE,
} from './taxonomies.catalogue.js';

const PER_PAGE = 50;
const MOST_PER_PAGE = 500;
const MOST_MINIMAL = 20_000;
/** Each brings all its services with it. */
const MOST_WITH_SERVICES = 100;

/** Everything, one after another. */
export class Lines {
  constructor(readonly each: AsyncIterable<Hsds> | Iterable<Hsds>) {}
}

/** Either one thing or page, or all of them. */
export type Answer = Hsds | Lines;

/** Open Referral UK's endpoints, in its words. A scheme of null is the only one there is. */
@Injectable()
export class FeedQueries {
  constructor(private readonly published: PublishedServices) {}

  async services(scheme: string | null, query: ServicesQuery): Promise<Answer> {
    if (query.minimal && query.full) throw bad('full', 'Choose minimal or full, not both');
    const schemeId = await this.schemeId(scheme);
    const shape = query.minimal ? hsds.minimalService : query.full ? hsds.serviceInFull : hsds.service;
    return this.servicesAs(
      schemeId,
      filterOf(query),
      query,
      shape,
      query.minimal ? MOST_MINIMAL : MOST_PER_PAGE,
    );
  }

  async service(scheme: string | null, id: string): Promise<Hsds> {
    return hsds.serviceInFull(await this.found(await this.schemeId(scheme), id));
  }

  async serviceAtLocations(scheme: string | null, query: ServiceAtLocationsQuery): Promise<Answer> {
    const schemeId = await this.schemeId(scheme);
    const filter = { ...filterOf(query), ...(await this.place(query)), located: true };
    return this.servicesAs(
      schemeId,
      filter,
      query,
      query.full ? serviceAtLocationInFull : hsds.serviceAtLocationInList,
      MOST_PER_PAGE,
    );
  }

  async serviceAtLocation(scheme: string | null, id: string): Promise<Hsds> {
    const row = await this.found(await this.schemeId(scheme), partId(id, 'service_at_location'));
    if (hsds.serviceAtLocation(row) === null) throw Refusal.notFound();
    return serviceAtLocationInFull(row);
  }

  async organizations(scheme: string | null, query: OrganizationsQuery): Promise<Answer> {
    const schemeId = await this.schemeId(scheme);
    const most = query.full_service ? MOST_WITH_SERVICES : MOST_PER_PAGE;
    const shape = query.full ? hsds.organisationInFull : hsds.organisation;
    const read = async (limit: number, offset: number) => {
      const found = await this.published.organisations(
        schemeId,
        { text: query.search ?? null },
        { limit, offset },
      );
      const contents = found.organisations.map(shape);
      return {
        total: found.total,
        contents: query.full_service
          ? await this.withServices(schemeId, found.organisations, contents)
          : contents,
      };
    };
    if (query.format === 'ndjson') return new Lines(strides(read));
    const { page, perPage } = sliceOf(query, most);
    const { total, contents } = await read(perPage, (page - 1) * perPage);
    return hsds.paged(contents, total, page, perPage);
  }

  async organization(scheme: string | null, id: string, query: OrganizationQuery): Promise<Hsds> {
    const schemeId = await this.schemeId(scheme);
    const { organisations } = await this.published.organisations(schemeId, { id }, { limit: 1, offset: 0 });
    const contents = organisations.map(hsds.organisationInFull);
    const [whole] = query.full_service
      ? await this.withServices(schemeId, organisations, contents)
      : contents;
    if (!whole) throw Refusal.notFound();
    return whole;
  }

  async taxonomies(scheme: string | null, query: FeedListQuery): Promise<Answer> {
    await this.schemeId(scheme);
    return listed(TAXONOMIES.filter(named(query.search)).map(hsds.taxonomy), query);
  }

  async taxonomy(scheme: string | null, id: string): Promise<Hsds> {
    await this.schemeId(scheme);
    const found = TAXONOMIES.find((one) => one.id === id);
    if (!found) throw Refusal.notFound();
    return hsds.taxonomyInFull(found);
  }

  async taxonomyTerms(scheme: string | null, query: TermsQuery): Promise<Answer> {
    await this.schemeId(scheme);
    const terms = [...TERMS.values()]
      .filter(named(query.search))
      .filter((term) => query.taxonomy_id === undefined || term.taxonomy_id === query.taxonomy_id)
      // No term stands under another, so none has the parent that was asked for.
      .filter(() => query.parent_id === undefined);
    return listed(terms.map(hsds.taxonomyTerm), query);
  }

  async taxonomyTerm(scheme: string | null, id: string): Promise<Hsds> {
    await this.schemeId(scheme);
    const found = TERMS.get(id);
    if (!found) throw Refusal.notFound();
    return hsds.taxonomyTerm(found);
  }

  /** Also for what shows nothing of a scheme, so that every address under a scheme that is not there is not there. */
  async schemeId(given: string | null): Promise<string> {
    if (given !== null && !isUuid(given)) throw Refusal.notFound();
    const id = await this.published.scheme(given);
    if (id === null) throw Refusal.notFound();
    return id;
  }

  private async found(schemeId: string, id: string): Promise<PublishedService> {
    const row = await this.published.find(schemeId, id);
    if (!row) throw Refusal.notFound();
    return row;
  }

  private async servicesAs(
    schemeId: string,
    filter: PublishedFilter,
    query: FeedPageQuery,
    shape: (row: PublishedService) => Hsds,
    most: number,
  ): Promise<Answer> {
    if (query.format === 'ndjson') return new Lines(mapped(this.published.all(schemeId, filter), shape));
    const { page, perPage } = sliceOf(query, most);
    const slice = { limit: perPage, offset: (page - 1) * perPage };
    const { total, services } = await this.published.page(schemeId, filter, slice);
    return hsds.paged(services.map(shape), total, page, perPage);
  }

  private async withServices(
    schemeId: string,
    organisations: readonly PublishedOrganisation[],
    contents: readonly Hsds[],
  ): Promise<Hsds[]> {
    const byOrganisation = new Map<string, Hsds[]>();
    if (organisations.length > 0) {
      const organisationIds = organisations.map(({ id }) => id);
      for await (const row of this.published.all(schemeId, { organisationIds })) {
        const service = without(hsds.serviceInFull(row), 'organization');
        byOrganisation.set(row.organisation.id, [
          ...(byOrganisation.get(row.organisation.id) ?? []),
          service,
        ]);
      }
    }
    return organisations.map(({ id }, index) => ({
      ...contents[index],
      services: byOrganisation.get(id) ?? [],
    }));
  }

  private async place(query: ServiceAtLocationsQuery): Promise<PublishedFilter> {
    const { postcode, proximity } = query;
    if (postcode === undefined) {
      if (proximity !== undefined) throw bad('postcode', 'Say which postcode to measure from');
      return {};
    }
    const point = await this.published.pointOf(postcode);
    if (point === null && proximity !== undefined) {
      throw bad('postcode', 'We do not know where that postcode is. Leave out proximity');
    }
    return {
      covering: { outward: outwardCode(postcode), point },
      near: point !== null && proximity !== undefined ? { ...point, metres: proximity } : null,
    };
  }
}

const bad = (field: string, message: string): Refusal => Refusal.invalidField(field, message);

const serviceAtLocationInFull = (row: PublishedService): Hsds => ({
  ...hsds.serviceAtLocation(row),
  service: hsds.service(row),
});

/** What a term stands for; a term or taxonomy that is not ours is on no service. */
function filterOf(query: ServicesQuery | ServiceAtLocationsQuery): PublishedFilter {
  const { taxonomy_term_id: termId, taxonomy_id: taxonomyId } = query;
  const asked = [...TERMS.values()].filter(
    (term) =>
      (termId === undefined || term.id === termId.toLowerCase()) &&
      (taxonomyId === undefined || term.taxonomy_id === taxonomyId.toLowerCase()),
  );
  const codes = (id: string) => asked.filter((term) => term.taxonomy_id === id).map(({ code }) => code);
  const all = termId === undefined && taxonomyId === undefined;
  const [needs, access] = [codes(NEEDS_TAXONOMY.id) as Need[], codes(ACCESS_TAXONOMY.id) as AccessNeed[]];
  const volunteers = !all && asked.includes(VOLUNTEER_ROLE);
  return {
    text: query.search ?? null,
    needs: all || (needs.length === 0 && (access.length > 0 || volunteers)) ? null : needs,
    access: all || access.length === 0 ? null : access,
    volunteerRoles: volunteers ? true : null,
    organisationIds: query.organization_id === undefined ? null : [query.organization_id],
    modifiedFrom: query.modified_after === undefined ? null : momentIn(query.modified_after),
  };
}

function sliceOf(query: FeedPageQuery, most: number): { page: number; perPage: number } {
  const perPage = query.per_page ?? (most === MOST_MINIMAL ? most : PER_PAGE);
  if (perPage > most) throw bad('per_page', `Ask for at most ${String(most)} a page`);
  return { page: query.page ?? 1, perPage };
}

function named(search: string | undefined): (one: { name: string; description: string }) => boolean {
  if (search === undefined) return () => true;
  const words = search.toLowerCase().split(/\s+/);
  return ({ name, description }) => {
    const text = `${name} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

function listed(all: Hsds[], query: FeedPageQuery): Answer {
  if (query.format === 'ndjson') return new Lines(all);
  const { page, perPage } = sliceOf(query, MOST_PER_PAGE);
  return hsds.paged(all.slice((page - 1) * perPage, page * perPage), all.length, page, perPage);
}

async function* mapped<Row>(rows: AsyncIterable<Row>, shape: (row: Row) => Hsds): AsyncGenerator<Hsds> {
  for await (const row of rows) yield shape(row);
}

async function* strides(
  read: (limit: number, offset: number) => Promise<{ contents: Hsds[] }>,
): AsyncGenerator<Hsds> {
  for (let offset = 0; ; offset += MOST_WITH_SERVICES) {
    const { contents } = await read(MOST_WITH_SERVICES, offset);
    yield* contents;
    if (contents.length < MOST_WITH_SERVICES) return;
  }
}
