/**
 * Of the private use area, where nothing is written: what pages set within a text of ours until its markup is made, and take
 * off again. In anybody else's text they would steer that, or hide what stands behind them.
 */
const MARKS = /[\uE000-\uE003]/g;

export const withoutMarks = (text: string): string => text.replace(MARKS, '');
export const hasMarks = (text: string): boolean => text.search(MARKS) >= 0;
