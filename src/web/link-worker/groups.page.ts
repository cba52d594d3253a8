/** Words that stand in the middle of a sentence elsewhere, at the beginning of one. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
