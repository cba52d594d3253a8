export const PATCHES: readonly {
  name: string;
  file: string;
  find: string;
  instead: string;
  test: string;
  part?: string;
}[];
