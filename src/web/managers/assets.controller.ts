import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  AmendAsset,
  AssetListQuery,
  type AssetView,
  CreateAsset,
  MoveAsset,
  ReturnAsset,
} from '../../assets/asset.dto.js';
import { assetLifecycle } from '../../assets/asset.lifecycle.js';
import { AssetsQueries } from '../../assets/assets.queries.js';
import { AssetsService } from '../../assets/assets.service.js';
import { NeighbourhoodsQueries } from '../../assets/neighbourhoods.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  overtaken,
  readChange,
  readForm,
  readQuery,
  take,
  versionIn,
} from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { choicesOf } from '../layout/words.js';
import { Maps } from '../map/maps.js';
import {
  ASSET_KIND_WORDS,
  ASSET_STATE_COLOURS,
  ASSET_STATE_WORDS,
  DOMAIN_WORDS,
  FOUND_BY_WORDS,
} from './places.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/assets';
const WORDS = {
  kind: ASSET_KIND_WORDS,
  domain: DOMAIN_WORDS,
  state: ASSET_STATE_WORDS,
  colour: ASSET_STATE_COLOURS,
  foundBy: FOUND_BY_WORDS,
};

const ASSETS: ListOf<AssetView> = sayAll({
  address: ADDRESS,
  name: 'what-is-strong',
  columns: [
    { text: 'Name', sort: 'name' },
    { text: 'Kind', sort: 'kind' },
    { text: 'Where', sort: 'place' },
    { text: 'State', sort: 'state' },
  ],
  usual: 'name',
  file: (one) => ({
    [say('Name')]: one.name,
    [say('Kind')]: ASSET_KIND_WORDS[one.kind],
    [say('Part of life')]: one.domains.map((domain) => DOMAIN_WORDS[domain]).join('; '),
    [say('Where')]: one.neighbourhoodName ?? one.community,
    [say('State')]: ASSET_STATE_WORDS[one.state],
    [say('Whose')]: one.organisationName,
    [say('How to join')]: one.howToJoin,
    [say('Said to be right')]: one.freshness.confirmedOn,
  }),
});

type Choice = { value: string; text: string };

/** What is strong, whether or not it takes referrals: written down, looked at, put on the map. */
@ApiExcludeController()
@Controller('desk/assets')
export class AssetPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly assets: AssetsService,
    private readonly queries: AssetsQueries,
    private readonly neighbourhoods: NeighbourhoodsQueries,
    private readonly maps: Maps,
  ) {}

  @Get()
  @Can('asset.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(AssetListQuery, asked),
      read: (query: AssetListQuery) => this.queries.list(actor, query),
      count: (query: AssetListQuery) => this.queries.count(actor, query),
    };
    const page = 'managers/pages/assets.njk';
    await this.lists.show(reply, actor, page, ASSETS, list, async (items) => {
      const { points, places } = await this.queries.pointsAndPlaces(
        actor,
        items.map(({ id }) => id),
      );
      return {
        map: await this.maps.of(
          actor.schemeId,
          items.map(({ id, name }) => ({ name, href: `${ADDRESS}/${id}`, point: points.get(id) ?? null })),
        ),
        title: say('What is strong here'),
        filter: { values: asked, wrong: {} },
        items,
        places: choicesOfPlaces(places, say('Anywhere')),
        kinds: [{ value: '', text: say('Any kind') }, ...choicesOf(ASSET_KIND_WORDS)],
        domains: [{ value: '', text: say('Any part of life') }, ...choicesOf(DOMAIN_WORDS)],
        states: [{ value: '', text: say('Any state') }, ...choicesOf(ASSET_STATE_WORDS)],
        words: WORDS,
      };
    });
  }

  @Get('new')
  @Can('asset.create')
  async start(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.writing(reply, actor, newForm());
  }

  @Post('new')
  @Can('asset.create')
  async create(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(CreateAsset, body);
        // A member of a group writes down what is the group's own.
        if (actor.role === 'provider_member') input.organisationId = actor.organisationId;
        return `${ADDRESS}/${await this.assets.create(actor, input)}`;
      },
      (form) => this.writing(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('asset.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Get(':id/change')
  @Can('asset.amend')
  async askForChange(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.changing(reply, actor, id, null);
  }

  @Post(':id/change')
  @Can('asset.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendAsset, body);
        return `${ADDRESS}/${await this.assets.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.changing(reply, actor, id, form),
    );
  }

  @Post(':id/submit')
  @Can('asset.amend')
  async submit(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, () => this.assets.submit(actor, id));
  }

  @Post(':id/publish')
  @Can('asset.publish')
  async publish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, () => this.assets.publish(actor, id));
  }

  @Post(':id/return')
  @Can('asset.publish')
  async return(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, async (body) =>
      this.assets.return(actor, id, await readForm(ReturnAsset, body)),
    );
  }

  @Post(':id/retire')
  @Can('asset.retire')
  async retire(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, async (body) =>
      this.assets.retire(actor, id, await readForm(MoveAsset, body)),
    );
  }

  @Post(':id/restore')
  @Can('asset.publish')
  async restore(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, async (body) =>
      this.assets.restore(actor, id, await readForm(MoveAsset, body)),
    );
  }

  @Post(':id/confirm')
  @Can('asset.confirm')
  async confirm(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.moved(reply, actor, id, () => this.assets.confirm(actor, id));
  }

  private async moved(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await work(body)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const asset = await this.queries.get(actor, id);
    const mayAmend =
      reachOf('asset.amend', actor.role) !== 'none' && (await this.queries.mayAmend(actor, id));
    const moves = Object.entries(assetLifecycle)
      .filter(([, { from }]) => from?.includes(asset.state))
      .map(([verb]) => verb);
    await this.desk.show(reply, actor, form.status, 'managers/pages/asset.njk', {
      title: asset.name,
      asset,
      moves,
      mayAmend,
      form,
      words: WORDS,
    });
  }

  private async writing(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'managers/pages/asset-new.njk', {
      title: say('Write down something strong'),
      form,
      ...(await this.choices(actor)),
    });
  }

  private async changing(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    sent: Form | null,
  ): Promise<void> {
    const asset = await this.queries.get(actor, id, 'asset.amend');
    const { name, description, kind, domains, neighbourhoodId, community, howToJoin, address, postcode } =
      asset;
    const form =
      sent ??
      newForm(
        {
          name,
          description,
          kind,
          domains,
          neighbourhoodId: neighbourhoodId ?? '',
          community: community ?? '',
          howToJoin: howToJoin ?? '',
          address: address ?? '',
          postcode: postcode ?? '',
          takesReferrals: asset.takesReferrals ? 'yes' : 'no',
        },
        asset.version,
      );
    await this.desk.show(reply, actor, form.status, 'managers/pages/asset-change.njk', {
      title: say('Change {{name}}', { name: asset.name }),
      asset,
      form: overtaken(form, asset),
      words: WORDS,
      ...(await this.choices(actor)),
    });
  }

  private async choices(
    actor: MemberActor,
  ): Promise<{ places: Choice[]; kinds: Choice[]; domains: Choice[] }> {
    return {
      places: await this.places(actor, say('From the postcode, or of no neighbourhood')),
      kinds: choicesOf(ASSET_KIND_WORDS),
      domains: choicesOf(DOMAIN_WORDS),
    };
  }

  private async places(actor: MemberActor, none: string): Promise<Choice[]> {
    return choicesOfPlaces(await this.neighbourhoods.list(actor), none);
  }
}

const choicesOfPlaces = (places: readonly { id: string; name: string }[], none: string): Choice[] => [
  { value: '', text: none },
  ...places.map(({ id, name }) => ({ value: id, text: name })),
];
