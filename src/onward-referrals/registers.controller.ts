import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite, ApiWriteSeen } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { type Page, PageQuery } from '../platform/http/pagination.js';
import { IfMatchIfSent } from '../platform/http/version.js';
import {
  CorrectRegisterInput,
  MarkRegisterInput,
  OpenRegisterInput,
  RegisterLine,
  RegisterView,
} from './register.dto.js';
import { RegisterLinks } from './register-links.service.js';
import { RegistersQueries } from './registers.queries.js';
import { Registers } from './registers.service.js';

@ApiTags('Registers')
@Controller()
export class RegistersController {
  constructor(
    private readonly registers: Registers,
    private readonly links: RegisterLinks,
    private readonly queries: RegistersQueries,
  ) {}

  @Post('listings/:id/registers')
  @Can('register.keep')
  @ApiMake(RegisterView, 'Open the register of a session, or the one opened before')
  async open(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: OpenRegisterInput,
  ): Promise<RegisterView> {
    return this.queries.get(actor, await this.registers.open(actor, id, body));
  }

  @Get('listings/:id/registers')
  @Can('register.keep')
  @ApiReadPage(RegisterLine, 'Sessions of a service that have a register', 'Newest first.')
  list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<RegisterLine>> {
    return this.queries.list(actor, id, query);
  }

  @Get('registers/:id')
  @Can('register.keep')
  @ApiRead(RegisterView, 'Who takes part, by what they are called, and who came')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<RegisterView> {
    return this.queries.get(actor, id);
  }

  @Post('registers/:id/mark')
  @Can('register.keep')
  @ApiWriteSeen(RegisterView, 'Say who came, and how many others', 'All of it is saved, or none.')
  async mark(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: MarkRegisterInput,
  ): Promise<RegisterView> {
    return this.queries.get(actor, await this.registers.mark(actor, id, body, seen));
  }

  @Post('registers/:id/finalise')
  @Can('register.keep')
  @ApiWrite(RegisterView, 'Make a register final once everybody on it is marked')
  async finalise(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<RegisterView> {
    return this.queries.get(actor, await this.registers.finalise(actor, id));
  }

  @Post('registers/:id/send-link')
  @Can('register.keep')
  @ApiWrite(
    RegisterView,
    'Send the group a link to a register',
    'To the address on file; asked for between 20:00 and 08:00, it goes in the morning. Whoever opens it within 14 days keeps this one register without an account.',
  )
  async sendLink(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<RegisterView> {
    return this.queries.get(actor, await this.links.send(actor, id));
  }

  @Post('registers/:id/correct')
  @Can('register.correct')
  @ApiWriteSeen(RegisterView, 'Put right one person on a final register, and say why')
  async correct(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: CorrectRegisterInput,
  ): Promise<RegisterView> {
    return this.queries.get(actor, await this.registers.correct(actor, id, body, seen));
  }
}
