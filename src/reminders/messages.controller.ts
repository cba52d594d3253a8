import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead, ApiReadAll, ApiReadPage, ApiRemove, ApiWrite, ApiWriteAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { type Page, PageQuery } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { DeadLetters } from './dead-letters.service.js';
import {
  ClientSwitchInput,
  DropInput,
  MessagesQuery,
  MessageView,
  OwnSwitchInput,
  OwnSwitchView,
  RetryMessageInput,
  SecureAddressInput,
  SecureAddressView,
  SchemeSwitchInput,
  StuckEventView,
  SwitchView,
  SystemHealthView,
  TemplatesQuery,
  TemplateTestInput,
  TemplateView,
} from './message.dto.js';
import { MessageSwitches } from './message-switches.service.js';
import { MessagesQueries } from './messages.queries.js';
import { SecureAddresses } from './secure-addresses.service.js';
import { SystemHealthQueries } from './system-health.queries.js';
import { previews } from './template-previews.js';
import { TemplateTests } from './template-tests.service.js';

@ApiTags('Messages')
@Controller('messages')
export class MessagesController {
  constructor(
    private readonly queries: MessagesQueries,
    private readonly dead: DeadLetters,
  ) {}

  @Get()
  @Can('message.list')
  @ApiReadPage(
    MessageView,
    'List messages by what became of them, newest first',
    'Without its words: they are kept nowhere.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: MessagesQuery): Promise<Page<MessageView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('message.list')
  @ApiRead(MessageView, 'Read what became of a message')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<MessageView> {
    return this.queries.get(actor, id);
  }

  @Post(':id/retry')
  @Can('message.retry')
  @ApiWrite(
    MessageView,
    'Send a message once more',
    'What may have reached a person needs the word of somebody who asked them. It is sent only if it is still due and safe.',
  )
  async retry(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: RetryMessageInput,
  ): Promise<MessageView> {
    return this.queries.get(actor, await this.dead.retry(actor, id, input.notReceived ?? false));
  }

  @Post(':id/drop')
  @Can('message.drop')
  @ApiWrite(
    MessageView,
    'Let a message be',
    'With the reason; whoever was asked to reach them need not any more.',
  )
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: DropInput,
  ): Promise<MessageView> {
    return this.queries.get(actor, await this.dead.drop(actor, id, input.because));
  }
}

@ApiTags('Messages')
@Controller('stuck-events')
export class StuckEventsController {
  constructor(
    private readonly queries: MessagesQueries,
    private readonly dead: DeadLetters,
  ) {}

  @Get()
  @Can('event.list')
  @ApiReadPage(StuckEventView, 'List what happened and was not passed on, oldest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<StuckEventView>> {
    return this.queries.stuck(actor, query);
  }

  @Post(':id/retry')
  @Can('event.retry')
  @ApiRemove('Pass it on once more')
  async retry(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<void> {
    await this.dead.retryEvent(actor, id);
  }

  @Post(':id/drop')
  @Can('event.drop')
  @ApiRemove('Let it be, with the reason')
  async drop(@CurrentActor() actor: MemberActor, @Id() id: string, @Body() input: DropInput): Promise<void> {
    await this.dead.dropEvent(actor, id, input.because);
  }
}

@ApiTags('Messages')
@Controller('system-health')
export class SystemHealthController {
  constructor(private readonly queries: SystemHealthQueries) {}

  @Get()
  @Can('health.read')
  @ApiRead(
    SystemHealthView,
    'See whether what should happen by itself does',
    'What the installation depends on, what waits to go out, what is stuck, and when the audit record was last sealed.',
  )
  look(@CurrentActor() actor: MemberActor): Promise<SystemHealthView> {
    return this.queries.look(actor);
  }
}

@ApiTags('Messages')
@Controller('message-templates')
export class MessageTemplatesController {
  constructor(private readonly tests: TemplateTests) {}

  @Get()
  @Can('template.preview')
  @ApiReadAll(TemplateView, 'See every message as it would read', 'With made-up words put in.')
  list(@Query() query: TemplatesQuery): TemplateView[] {
    return previews(query.language);
  }

  @Post('send-test')
  @Can('template.test')
  @ApiRemove('Send yourself a message as it would read', 'By e-mail to your own address, with made-up words.')
  async sendTest(@CurrentActor() actor: MemberActor, @Body() input: TemplateTestInput): Promise<void> {
    await this.tests.ask(actor, input);
  }
}

@ApiTags('Messages')
@Controller()
export class MessageSwitchesController {
  constructor(private readonly switches: MessageSwitches) {}

  @Get('scheme/message-switches')
  @Can('messageSwitch.list')
  @ApiReadAll(SwitchView, 'See what this scheme sends, and by which way')
  ofScheme(@CurrentActor() actor: MemberActor): Promise<SwitchView[]> {
    return this.switches.ofScheme(actor);
  }

  @Post('scheme/message-switches')
  @Can('messageSwitch.set')
  @ApiWriteAll(SwitchView, 'Switch a kind of message on or off for everybody')
  async setForScheme(
    @CurrentActor() actor: MemberActor,
    @Body() { kind, channel, on }: SchemeSwitchInput,
  ): Promise<SwitchView[]> {
    await this.switches.setForScheme(actor, kind, channel, on);
    return this.switches.ofScheme(actor);
  }

  @Get('me/message-switches')
  @Can('messageSwitch.own')
  @ApiReadAll(OwnSwitchView, 'See what you are told of, and how')
  own(@CurrentActor() actor: MemberActor): Promise<OwnSwitchView[]> {
    return this.switches.own(actor);
  }

  @Post('me/message-switches')
  @Can('messageSwitch.own')
  @ApiWriteAll(
    OwnSwitchView,
    'Choose how you are told of something',
    'At once, in the daily e-mail, or on your list alone, which keeps everything.',
  )
  async setOwn(
    @CurrentActor() actor: MemberActor,
    @Body() { kind, told }: OwnSwitchInput,
  ): Promise<OwnSwitchView[]> {
    await this.switches.setOwn(actor, kind, told);
    return this.switches.own(actor);
  }

  @Get('clients/:id/message-switches')
  @Can('client.switchMessages')
  @ApiReadAll(SwitchView, 'See what a person is sent, and by which way')
  ofClient(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SwitchView[]> {
    return this.switches.ofClient(actor, id);
  }

  @Post('clients/:id/message-switches')
  @Can('client.switchMessages')
  @ApiWriteAll(SwitchView, 'Switch a kind of message on or off for a person')
  async setForClient(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { kind, channel, on }: ClientSwitchInput,
  ): Promise<SwitchView[]> {
    return this.switches.ofClient(actor, await this.switches.setForClient(actor, id, kind, channel, on));
  }
}

@ApiTags('Messages')
@Controller('organisations/:id/secure-addresses')
export class SecureAddressesController {
  constructor(private readonly addresses: SecureAddresses) {}

  @Get()
  @Can('secureAddress.list')
  @ApiReadAll(SecureAddressView, 'See where a practice takes mail that names somebody')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SecureAddressView[]> {
    return this.addresses.list(actor, id);
  }

  @Post()
  @Can('secureAddress.keep')
  @ApiWriteAll(
    SecureAddressView,
    'Allow mail that names somebody to an address',
    'Closing summaries to it carry name, date of birth, NHS number and the document; to any other only a reference.',
  )
  async add(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { email }: SecureAddressInput,
  ): Promise<SecureAddressView[]> {
    return this.addresses.list(actor, await this.addresses.add(actor, id, email));
  }

  @Post('remove')
  @Can('secureAddress.keep')
  @ApiWriteAll(SecureAddressView, 'Send no more mail that names somebody to an address')
  async remove(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { email }: SecureAddressInput,
  ): Promise<SecureAddressView[]> {
    return this.addresses.list(actor, await this.addresses.remove(actor, id, email));
  }
}
