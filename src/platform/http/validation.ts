import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { Refusal, type FieldProblem } from '../errors/refusal.js';

/** Unknown fields are refused, not ignored: a misspelt field must not be a lost answer. */
export function validationPipe(): ValidationPipe {
  rememberRules();
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => Refusal.invalid(problemsIn(errors)),
  });
}

type RulesOf = ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas'];
let remembering = false;

/**
 * To find what a class inherits, class-validator walks all classes there are, at every validation: a twelfth of the work
 * of a small request. The rules of a class are whole when it is first validated. We use none of its groups.
 */
function rememberRules(): void {
  if (remembering) return;
  remembering = true;
  const storage = getMetadataStorage();
  const find: RulesOf = storage.getTargetValidationMetadatas.bind(storage);
  const known = new WeakMap<object, ReturnType<RulesOf>>();
  storage.getTargetValidationMetadatas = (type, ...how) => {
    let rules = known.get(type);
    if (!rules) {
      rules = find(type, ...how);
      known.set(type, rules);
    }
    return rules;
  };
}

const pipe = validationPipe();

/** For what was kept to be judged later, such as a draft that is sent at last: the rules of a body. */
export async function validated<Input extends object>(type: new () => Input, value: object): Promise<Input> {
  return (await pipe.transform(value, { type: 'body', metatype: type })) as Input;
}

function problemsIn(errors: ValidationError[], parent = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = parent + error.property;
    const own = Object.entries(error.constraints ?? {}).map(([name, message]) => ({
      field,
      message: name === 'whitelistValidation' ? 'We do not know this field. Check its spelling' : message,
    }));
    return [...own.slice(0, 1), ...problemsIn(error.children ?? [], `${field}.`)];
  });
}
