import type { NamedVariables } from '../../src/index.js';
import { tensorOf, type Fixture } from './fixture.js';

/** Gives each parameter its stored value; every parameter and every stored weight must find its partner. */
export function assignParameters(fixture: Fixture, parameters: NamedVariables): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = tensorOf(fixture, `param.${name}`);
    parameter.assign(value);
    value.dispose();
  }
  for (const name of fixture.stored.keys()) {
    if (name.startsWith('param.') && !(name.slice('param.'.length) in parameters)) {
      throw new Error(`the library has no parameter for ${name}`);
    }
  }
}
