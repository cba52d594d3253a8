import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../permissions/can.decorator.js';
import { Refusal } from '../platform/errors/refusal.js';
import { ApiMayBeGone, ApiOpen, ApiRemove } from '../platform/http/api.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import {
  AskCodeInput,
  CodeAskedView,
  EnterByCodeInput,
  EnterByLinkInput,
  PageSessionView,
} from './page.dto.js';
import { PageEntry, type Entered } from './page-entry.service.js';
import { PageSessions } from './page-sessions.service.js';
import type { Visit } from './page.types.js';
import { CurrentVisit, OnOwnPage } from './visit.guard.js';

/** A household behind one address, and nobody who tries numbers. */
const TRIES: [number, number] = [30, 10];

@ApiTags('Client’s page')
@Controller('my-page')
export class PageEntryController {
  constructor(
    private readonly entry: PageEntry,
    private readonly sessions: PageSessions,
  ) {}

  @Post('codes')
  @Public()
  @LimitPerAddress(...TRIES)
  @ApiOpen(
    CodeAskedView,
    'Ask for a code',
    'It goes to an address that is one person’s alone, where they said that is safe. The answer is the same for every address.',
    201,
  )
  async askCode(@Body() { to, schemeId }: AskCodeInput): Promise<CodeAskedView> {
    return { id: await this.entry.askCode(schemeId ?? null, to) };
  }

  @Post('sessions')
  @Public()
  @LimitPerAddress(...TRIES)
  @ApiMayBeGone()
  @ApiOpen(PageSessionView, 'Enter by a code', 'Ten minutes and five tries a code.', 201)
  async byCode(@Body() { id, code }: EnterByCodeInput): Promise<PageSessionView> {
    return entered(await this.entry.enterCode(id, code), 'code', WRONG_CODE);
  }

  @Post('sessions/by-link')
  @Public()
  @LimitPerAddress(...TRIES)
  @ApiMayBeGone()
  @ApiOpen(PageSessionView, 'Enter by a link and the date of birth', 'Five wrong dates end the link.', 201)
  async byLink(@Body() { token, dateOfBirth }: EnterByLinkInput): Promise<PageSessionView> {
    return entered(await this.entry.enterByLink(token, dateOfBirth), 'dateOfBirth', WRONG_DATE);
  }

  @Post('leave')
  @OnOwnPage()
  @ApiRemove('Leave: the session ends at once')
  leave(@CurrentVisit() visit: Visit): Promise<void> {
    return this.sessions.end(visit);
  }
}

const WRONG_CODE = 'That code is not right. Check it, or ask for a new one';
const WRONG_DATE = 'That does not fit the link. Check the date';

function entered(came: Entered, field: string, wrong: string): PageSessionView {
  if (came === 'wrong') throw Refusal.invalidField(field, wrong);
  if (came === 'none') throw Refusal.gone('This does not work any more. Ask for a new one.');
  return came;
}
