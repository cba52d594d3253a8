import nunjucks from 'nunjucks';
import { currentLanguage } from '../../../platform/http/request-context.js';
import { formOfNumber, saidIn } from './staff-words.js';
import { TemplateLoader } from './template-loader.js';
import { READING } from './template-tree.js';

/** The templates of staff pages in each language but English, which are the templates themselves. */
export class StaffTemplates {
  private readonly environments = new Map<string, nunjucks.Environment>();

  constructor(
    private readonly ours: string,
    private readonly library: string,
    private readonly equip: (environment: nunjucks.Environment) => void,
  ) {}

  /** For whoever asks; null where they read English. */
  find(name: string): nunjucks.Template | null {
    const language = currentLanguage();
    if (language === 'en') return null;
    return (this.environments.get(language) ?? this.environmentIn(language)).getTemplate(name);
  }

  private environmentIn(language: string): nunjucks.Environment {
    const loader = new TemplateLoader(this.ours, this.library, (message) => saidIn(language, message));
    const environment = new nunjucks.Environment(loader, { ...READING, autoescape: true });
    this.equip(environment);
    environment.addFilter('formOfNumber', formOfNumber(language));
    this.environments.set(language, environment);
    return environment;
  }
}
