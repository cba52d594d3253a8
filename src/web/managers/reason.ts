import type { Form } from '../layout/forms.js';

/** A page that asks for a reason, or for a last look, before something is done: `managers/pages/reason.njk`. */
export interface AskedReason {
  title: string;
  back: { text: string; href: string };
  /** What it does, before anybody does it. */
  says: string;
  /** Where the form is sent. */
  action: string;
  label: string;
  /** By what name it is sent; `reason` unless told. */
  name?: string;
  buttonText: string;
  /** Where it cannot be taken back lightly. */
  warns?: boolean;
  form: Form;
}
