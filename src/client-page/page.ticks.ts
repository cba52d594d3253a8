import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { PageChanges } from './page-changes.service.js';
import { PageKeptForms } from './page-kept-forms.service.js';
import { PageSessions } from './page-sessions.service.js';

const HOUR_MS = 60 * 60_000;

@Injectable()
export class PageTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly sessions: PageSessions,
    private readonly changes: PageChanges,
    private readonly kept: PageKeptForms,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'own-page',
      everyMs: HOUR_MS,
      for: 'installation',
      run: (actor) => this.sessions.forgetOld(actor),
    });
    this.ticks.register({
      name: 'own-page-changes',
      everyMs: 24 * HOUR_MS,
      for: 'scheme',
      run: (actor) => this.changes.forgetOld(actor),
    });
    this.ticks.register({
      name: 'own-page-kept-forms',
      everyMs: HOUR_MS,
      for: 'scheme',
      run: (actor) => this.kept.forgetOld(actor),
    });
  }
}
