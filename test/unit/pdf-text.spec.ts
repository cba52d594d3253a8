import { pdfOf } from '../../src/web/paper/letter.pdf.js';
import { textOfPdf } from '../support/pdf-text.js';

describe('the words of a PDF', () => {
  it('are found as they are read, in every font, where a search of its bytes finds none', async () => {
    const file = await pdfOf(
      {
        title: 'A letter',
        blocks: [
          { heading: 'What helps' },
          { text: 'Żółć, AVAToday, canaryperson' },
          { list: ['আপনার পরিকল্পনা'] },
        ],
      },
      'bn',
    );
    expect(file.includes('canary')).toBe(false);
    const text = textOfPdf(file);
    expect(text).toContain('canaryperson');
    expect(text).toContain('What helps');
    expect(text).toContain('AVAToday');
    expect(text).toContain('Żółć');
    expect(text).toContain('আপনার');
    expect(text).not.toContain('Musa');
  });
});
