import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AssetsQueries } from '../../assets/assets.queries.js';
import { NeighbourhoodsQueries } from '../../assets/neighbourhoods.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { CommunityPeriodQuery } from '../../reporting/community.dto.js';
import { CommunityQueries } from '../../reporting/community.queries.js';
import { Desk } from '../layout/desk.js';
import { readQuery } from '../layout/forms.js';
import { NEED_WORDS } from '../layout/words.js';
import { Maps } from '../map/maps.js';
import { HELP_WORDS } from '../tally/tally.words.js';
import { ASSET_KIND_WORDS, DOMAIN_WORDS } from './places.words.js';
import { say } from '../words/staff/staff-words.js';

/** Above so many, marks cover each other. */
const MOST_ON_A_MAP = 100;

/** A neighbourhood: what is strong there first, then what is asked for and what nobody could meet. */
@ApiExcludeController()
@Controller('desk/neighbourhoods')
export class NeighbourhoodPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly neighbourhoods: NeighbourhoodsQueries,
    private readonly figures: CommunityQueries,
    private readonly assets: AssetsQueries,
    private readonly maps: Maps,
  ) {}

  @Get()
  @Can('figures.read')
  async list(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.desk.show(reply, actor, 200, 'managers/pages/neighbourhoods.njk', {
      title: say('Neighbourhoods'),
      items: await this.neighbourhoods.list(actor),
    });
  }

  @Get(':id')
  @Can('figures.read')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const there = await this.figures.neighbourhood(actor, id, await readQuery(CommunityPeriodQuery, asked));
    const some = ({ value, suppressed }: { value: number | null; suppressed: boolean }): boolean =>
      suppressed || (value ?? 0) > 0;
    await this.desk.show(reply, actor, 200, 'managers/pages/neighbourhood.njk', {
      title: there.neighbourhood.name,
      there,
      ...(await this.strong(actor, there.neighbourhood)),
      demand: there.demand.parts.filter(some),
      gaps: there.gaps.parts.filter(some),
      help: there.help.parts.filter(some),
      words: { need: NEED_WORDS, help: HELP_WORDS, kind: ASSET_KIND_WORDS, domain: DOMAIN_WORDS },
    });
  }

  /** By name and on a map, for whoever may read what it is. */
  private async strong(actor: MemberActor, { id, name }: { id: string; name: string }): Promise<object> {
    if (reachOf('asset.list', actor.role) !== 'scheme') return { strong: [] };
    const { items, next } = await this.assets.list(actor, {
      neighbourhoodId: id,
      state: ['published'],
      limit: MOST_ON_A_MAP,
    });
    const points = await this.assets.pointsOf(
      actor,
      items.map((one) => one.id),
    );
    const list = items.map((one) => ({
      name: one.name,
      href: `/desk/assets/${one.id}`,
      point: points.get(one.id) ?? null,
    }));
    return { strong: items, moreStrong: next !== null, map: await this.maps.of(actor.schemeId, list, name) };
  }
}
