import { deviceInWords } from './device.rules.js';

const MOZILLA = 'Mozilla/5.0';
const KIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('what signs in, in words', () => {
  it.each([
    [`${MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Windows'],
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${KIT} Chrome/147.0.0.0 Safari/537.36`, 'Chrome on Windows'],
    [
      `${MOZILLA} (Windows NT 10.0; Win64; x64) ${KIT} Chrome/147.0.0.0 Safari/537.36 Edg/147.0.0.0`,
      'Edge on Windows',
    ],
    [`${MOZILLA} (Linux; Android 10; K) ${KIT} Chrome/147.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
    [
      `${MOZILLA} (Linux; Android 10; K) ${KIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet on Android',
    ],
    [
      `${MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1`,
      'Safari on an iPhone',
    ],
    [
      `${MOZILLA} (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/147.0 Mobile/15E148 Safari/604.1`,
      'Chrome on an iPad',
    ],
    [
      `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      'Safari on a Mac',
    ],
    [
      `${MOZILLA} (X11; CrOS x86_64 14541.0.0) ${KIT} Chrome/147.0.0.0 Safari/537.36`,
      'Chrome on a Chromebook',
    ],
    [`${MOZILLA} (X11; Linux x86_64) ${KIT} Chrome/147.0.0.0 Safari/537.36 OPR/120.0`, 'Opera on Linux'],
    ['curl/8.5.0', 'A program'],
    ['something (Linux)', 'A program on Linux'],
    ['Firefox/140.0', 'Firefox'],
    ['', 'A program'],
    ['<script>alert(1)</script>', 'A program'],
  ])('%s', (userAgent, words) => {
    expect(deviceInWords(userAgent)).toBe(words);
  });
});
