/** Of pdfmake, which brings no types, the part that writes our letters. */
declare module 'pdfmake' {
  interface Definition {
    content: readonly object[];
    pageSize: 'A4';
    pageMargins: readonly [number, number, number, number];
    language: string;
    info: { title: string };
    defaultStyle: object;
    styles: Record<string, object>;
  }
  const pdfmake: {
    setFonts(fonts: Record<string, { normal: string; bold: string }>): void;
    setUrlAccessPolicy(mayFetch: (url: string) => boolean): void;
    setLocalAccessPolicy(mayRead: (path: string) => boolean): void;
    createPdf(definition: Definition): { getBuffer(): Promise<Buffer> };
  };
  export default pdfmake;
}
