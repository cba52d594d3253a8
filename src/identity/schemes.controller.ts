import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiRead } from '../platform/http/api.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { AmendSchemeInput, SchemeView } from './scheme.dto.js';
import { SchemesQueries } from './schemes.queries.js';
import { Schemes } from './schemes.service.js';

@ApiTags('Scheme')
@Controller('scheme')
export class SchemesController {
  constructor(
    private readonly schemes: Schemes,
    private readonly queries: SchemesQueries,
  ) {}

  @Get()
  @Can('scheme.read')
  @ApiRead(SchemeView, 'Read the scheme and its settings')
  get(@CurrentActor() actor: MemberActor): Promise<SchemeView> {
    return this.queries.get(actor);
  }

  @Patch()
  @Can('scheme.configure')
  @ApiAmend(SchemeView, 'Change the scheme’s name or settings')
  async amend(
    @CurrentActor() actor: MemberActor,
    @IfMatch() version: number,
    @Body() input: AmendSchemeInput,
  ): Promise<SchemeView> {
    await this.schemes.amend(actor, version, input);
    return this.queries.get(actor);
  }
}
