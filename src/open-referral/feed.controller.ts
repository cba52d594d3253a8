import {
  applyDecorators,
  Controller,
  Get,
  HttpCode,
  Options,
  Param,
  Query,
  Res,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiExcludeEndpoint,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../permissions/can.decorator.js';
import { Config } from '../platform/config/config.js';
import { Problem } from '../platform/errors/problem.js';
import { Id } from '../platform/http/id-param.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import {
  FeedListQuery,
  OrganizationQuery,
  OrganizationsQuery,
  ServiceAtLocationsQuery,
  ServicesQuery,
  TermsQuery,
} from './feed.dto.js';
import { FeedErrorFilter, FeedInterceptor } from './feed.interceptor.js';
import { type Answer, FeedQueries } from './feed.queries.js';
import type { Hsds } from './hsds.rules.js';

const SCHEMAS = 'https://openreferraluk.org/specifications/3.0/schema/';

/** The installation's only scheme at the short address, any at its own. */
const FeedGet = (path: string, schema: string, summary: string) =>
  applyDecorators(
    Get([path, `:scheme/${path}`.replace(/\/$/, '')]),
    Public(),
    LimitPerAddress(600, 1),
    ApiOperation({
      summary,
      description: 'Open Referral UK 3.0. Without `scheme`: the only scheme there is.',
    }),
    ApiOkResponse({
      description: `${SCHEMAS}${schema}.json`,
      content: {
        'application/json': { schema: { type: 'object' } },
        // Only lists stream.
        ...(schema.endsWith('_list') ? { 'application/x-ndjson': { schema: { type: 'string' } } } : {}),
      },
    }),
    ApiBadRequestResponse({ type: Problem, description: 'Which parameters make no sense' }),
    ApiNotFoundResponse({ type: Problem, description: 'Absent or not published' }),
  );

/** Null at the short address. */
const Scheme = () => Param('scheme', { transform: (given?: string) => given ?? null });

@ApiTags('Open Referral UK')
@Controller('open-referral')
@UseInterceptors(FeedInterceptor)
@UseFilters(FeedErrorFilter)
export class FeedController {
  constructor(
    private readonly feed: FeedQueries,
    private readonly config: Config,
  ) {}

  @FeedGet('', 'api_details', 'What this feed is')
  async about(@Scheme() scheme: string | null): Promise<Hsds> {
    await this.feed.schemeId(scheme);
    return {
      version: 'HSDS-UK-3.0',
      profile: 'https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md',
      openapi_url: `${this.config.publicUrl}/docs-json`,
    };
  }

  @FeedGet('services', 'service_list', 'Services')
  services(@Scheme() scheme: string | null, @Query() query: ServicesQuery): Promise<Answer> {
    return this.feed.services(scheme, query);
  }

  @FeedGet('services/:id', 'service', 'One service in full')
  service(@Scheme() scheme: string | null, @Id() id: string): Promise<Hsds> {
    return this.feed.service(scheme, id);
  }

  @FeedGet(
    'taxonomies',
    'taxonomy_list',
    'Taxonomies: what people ask help with, and what helps them take part',
  )
  taxonomies(@Scheme() scheme: string | null, @Query() query: FeedListQuery): Promise<Answer> {
    return this.feed.taxonomies(scheme, query);
  }

  @FeedGet('taxonomies/:id', 'taxonomy', 'One taxonomy with its terms')
  taxonomy(@Scheme() scheme: string | null, @Id() id: string): Promise<Hsds> {
    return this.feed.taxonomy(scheme, id);
  }

  @FeedGet('taxonomy_terms', 'taxonomy_term_list', 'Terms')
  taxonomyTerms(@Scheme() scheme: string | null, @Query() query: TermsQuery): Promise<Answer> {
    return this.feed.taxonomyTerms(scheme, query);
  }

  @FeedGet('taxonomy_terms/:id', 'taxonomy_term', 'One term')
  taxonomyTerm(@Scheme() scheme: string | null, @Id() id: string): Promise<Hsds> {
    return this.feed.taxonomyTerm(scheme, id);
  }

  @FeedGet('service_at_locations', 'service_at_location_list', 'Services where they meet')
  serviceAtLocations(
    @Scheme() scheme: string | null,
    @Query() query: ServiceAtLocationsQuery,
  ): Promise<Answer> {
    return this.feed.serviceAtLocations(scheme, query);
  }

  @FeedGet('service_at_locations/:id', 'service_at_location', 'One service where it meets')
  serviceAtLocation(@Scheme() scheme: string | null, @Id() id: string): Promise<Hsds> {
    return this.feed.serviceAtLocation(scheme, id);
  }

  @FeedGet('organizations', 'organization_list', 'Organisations with a published service')
  organizations(@Scheme() scheme: string | null, @Query() query: OrganizationsQuery): Promise<Answer> {
    return this.feed.organizations(scheme, query);
  }

  @FeedGet('organizations/:id', 'organization', 'One organisation')
  organization(
    @Scheme() scheme: string | null,
    @Id() id: string,
    @Query() query: OrganizationQuery,
  ): Promise<Hsds> {
    return this.feed.organization(scheme, id, query);
  }

  /** Another site's page that sends If-None-Match asks first whether it may. */
  @Options('*')
  @Public()
  @LimitPerAddress(600, 1)
  @ApiExcludeEndpoint()
  @HttpCode(204)
  preflight(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers({
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'if-none-match',
      'access-control-max-age': '86400',
    });
  }
}
