import { z } from 'zod';
import { StartError } from './start-error.ts';

/**
 * Settings from environment variables by their schemas; an empty variable counts as unset.
 * @throws StartError naming each wrong one, its value left out: it may be a secret.
 */
export function parseSettings<Shape extends z.ZodRawShape>(shape: Shape): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(shape).map((key) => [key, process.env[key] === '' ? undefined : process.env[key]]),
  );
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new StartError(`wrong settings in the environment: ${wrong.join('; ')}`);
}
