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
