import { NEEDS } from './needs.js';

/**
 * P7: beginnings of words of health, faith and need that nobody may read over somebody's shoulder, for each language we
 * write in. The longer English ones are looked for in every language.
 */
const STEMS: Record<string, readonly string[]> = {
  en: [
    'health wellbeing well-being wellness medic doctor nurse surgery gp nhs patient clinic hospital hospice therap counsel',
    'mental depress anxi lonel isolat bereave grie debt money financ benefit hous homeless rent food hung carer caring',
    'disab illness ill unwell sick disease cancer dementia diabet pain medicine prescri symptom addict alcohol drug smok',
    'abuse violen refuge asylum immigra church mosque temple synagogue gurdwara chapel parish congregation faith pray',
    'relig god christ muslim islam jew hindu sikh buddh minister imam vicar rabbi worship bible quran',
    'befriend exercise diet weight suicid harm safeguard risk police death died dead',
  ].flatMap((line) => line.split(' ')),
  pl: [
    'zdrow lekar przychodn szpital pacjent chorob chor terap psych depres lęk samotn żałob dług pieniądz zasiłk mieszkani',
    'bezdomn głod żywno opiek niepełnospraw nowotw rak ból alkohol narkot przemoc uchodź kości parafi modl bóg bog religi',
    'chrześcij muzułm żyd meczet synagog ksiądz policj śmier zmar',
  ].flatMap((line) => line.split(' ')),
};

const needWords = NEEDS.flatMap((need) => need.split('_')).filter(
  (word) => word.length > 4 && word !== 'other',
);

const SHORTEST_ABROAD = 6;
const english = [...(STEMS['en'] ?? []), ...needWords];
const stemsOf = (language: string): readonly string[] =>
  language === 'en'
    ? english
    : [...english.filter((stem) => stem.length >= SHORTEST_ABROAD), ...(STEMS[language] ?? [])];

/** The words of a text that tell of health, faith or a need. */
export function privateWords(text: string, language = 'en'): string[] {
  const stems = stemsOf(language);
  const words = text.toLowerCase().match(/\p{L}[\p{L}'-]*/gu) ?? [];
  return words.filter((word) => stems.some((stem) => word.startsWith(stem)));
}

/** Languages whose words we know to look for: a folder of templates without a list here is a fault. */
export const WATCHED_LANGUAGES: readonly string[] = Object.keys(STEMS);
