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
  // Words that change their first letter stand in each form.
  cy: [
    'iechyd meddyg feddyg nyrs ysbyty clinig glinig claf gleifion cleifion therapi cwnsel gwnsel iselder gorbryder unigrwydd',
    'galar alar profedigaeth brofedigaeth dyled ddyled arian budd-dal digartref ddigartref rhent tenant bwyd fwyd newyn',
    'gofalwr ofalwr anabl salwch afiechyd clefyd glefyd canser ganser dementia poen boen meddygin alcohol cyffur gyffur trais',
    'drais camdrin gamdrin ffoadur lloches eglwys capel gapel mosg temlo deml synagog plwyf blwyf ffydd gweddi weddi crefydd',
    'grefydd duw dduw cristn gristn mwslim islam iddew hindw sikh bwdh ficer offeiriad imam heddlu marwolaeth farwolaeth',
    'hunanladd',
  ].flatMap((line) => line.split(' ')),
  ro: [
    'sănăt medic doctor spital clinic pacient boal bolnav terap psih depres anxiet singur doliu datorii datori bani locuinț',
    'locuint chirie adăpost foame aliment îngrijit handicap dizabil cancer durer alcool drog violen refugiat azil biseric',
    'parohi rugăciun credinț religi dumnezeu creștin musulman evrei moschee sinagog preot poliți decese decedat moarte suicid',
  ].flatMap((line) => line.split(' ')),
  bn: [
    'স্বাস্থ্য ডাক্তার চিকিৎস হাসপাতাল রোগ নার্স থেরাপি বিষণ্ণ উদ্বেগ একাকী একাকিত্ব শোক ঋণ দেনা টাকা ভাতা গৃহহীন বাসস্থান',
    'আবাসন ভাড়া ক্ষুধা খাবার খাদ্য পরিচর্যা প্রতিবন্ধ ক্যান্সার ব্যথা মাদক নির্যাতন সহিংস শরণার্থী মসজিদ মন্দির গির্জা',
    'প্রার্থনা ধর্ম আল্লাহ ঈশ্বর ইমাম পুরোহিত খ্রিস্টান মুসলিম হিন্দু পুলিশ মৃত্যু আত্মহত্যা',
  ].flatMap((line) => line.split(' ')),
  ne: [
    'स्वास्थ्य डाक्टर चिकित्स अस्पताल बिरामी रोग नर्स थेरापी उपचार डिप्रेसन चिन्ता एक्लो शोक ऋण पैसा भत्ता घरबारविहीन आवास',
    'भाडा भोक खाना हेरचाह अपाङ्ग क्यान्सर दुखाइ रक्सी लागुऔषध हिंसा दुर्व्यवहार शरणार्थी मन्दिर मस्जिद चर्च गिर्जा',
    'प्रार्थना धर्म भगवान अल्लाह इमाम पण्डित इसाई मुस्लिम हिन्दू प्रहरी मृत्यु आत्महत्या',
  ].flatMap((line) => line.split(' ')),
  ur: [
    'صحت ڈاکٹر ہسپتال اسپتال مریض بیمار نرس علاج تھراپی ڈپریشن افسردگی پریشانی تنہائی سوگ قرض رقم پیسے پیسوں بےگھر رہائش کرایہ',
    'بھوک خوراک کھانا کھانے معذور کینسر درد شراب منشیات تشدد پناہ مسجد مندر گرجا نماز دعا ایمان مذہب اللہ خدا امام مسیحی',
    'مسلمان ہندو پولیس موت خودکشی',
  ].flatMap((line) => line.split(' ')),
  ar: [
    'صحة صحت صحية طبيب طبية دكتور مستشفى عيادة مريض مرض علاج اكتئاب قلق وحدة عزلة حداد دين ديون مال مالية مساعدات سكن مسكن تشرد',
    'إيجار جوع طعام غذاء رعاية إعاقة معاق سرطان كحول مخدر عنف إساءة لاجئ لجوء مسجد كنيسة معبد صلاة إيمان الله إمام قسيس',
    'مسيحي مسلم يهودي هندوسي شرطة موت وفاة انتحار',
  ].flatMap((line) => line.split(' ')),
};

/** What is written onto the front of a word, as "and", "with" and "the" are in Arabic. */
const JOINED: Record<string, RegExp> = { ar: /^[وف]?(?:[بك]?ال|لل|[بكل])?/u };

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
  const stems = stemsOf(language).map((stem) => stem.normalize('NFC'));
  // Vowels of some scripts are marks of their own.
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/\p{L}[\p{L}\p{M}'-]*/gu) ?? [];
  const joined = JOINED[language];
  return words.filter((word) => {
    const forms = joined ? [word, word.replace(joined, '')] : [word];
    return forms.some((form) => stems.some((stem) => form.startsWith(stem)));
  });
}

/** Languages whose words we know to look for: a folder of templates without a list here is a fault. */
export const WATCHED_LANGUAGES: readonly string[] = Object.keys(STEMS);
