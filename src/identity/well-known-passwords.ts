let list: Promise<ReadonlySet<string>> | undefined;

/** Some 49,000 passwords from published breaches, which come with the package: no network is asked. Loaded when first needed. */
export const wellKnownPasswords = (): Promise<ReadonlySet<string>> =>
  (list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  ));
