/** The one commitment a scheme can require before anybody is offered to a group. */
export const NO_PRESSURE = 'no_religious_pressure';

export interface Commitment {
  code: string;
  words: string;
}
