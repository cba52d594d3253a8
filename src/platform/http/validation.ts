import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Refusal, type FieldProblem } from '../errors/refusal.js';

/** Unknown fields are refused, not ignored: a misspelt field must not be a lost answer. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => Refusal.invalid(problemsIn(errors)),
  });

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
