/** `asked`: nobody has opened the link yet, so managers are not asked about it. */
export const CLAIM_STATES = ['asked', 'proved', 'approved', 'refused'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

export interface ClaimForm {
  name: string;
  email: string;
  why: string;
  wantsSignIn: boolean;
}
