import { Problem } from '../problem.ts';
import { XrayReport, type XrayView } from '../schemas/console.ts';

/** Asks the X-ray beside the shop where the time of an operation goes; of that on which most is spent, unless one is given. */
export async function viewXray(
  url: string | undefined,
  operation: string | undefined,
  signal: AbortSignal,
): Promise<XrayView> {
  if (url === undefined) return { url: null, report: null };
  const query = operation === undefined ? '' : `?${new URLSearchParams({ operation })}`;
  let response: Response;
  try {
    response = await fetch(`${url}/api/report${query}`, { signal });
  } catch (cause) {
    throw new Problem(503, 'UNAVAILABLE', { detail: `the X-ray at ${url} does not answer`, cause });
  }
  if (response.status === 404) {
    throw new Problem(404, 'NOT_FOUND', { detail: `the X-ray has seen no request of ${operation}` });
  }
  if (!response.ok) {
    throw new Problem(503, 'UNAVAILABLE', { detail: `the X-ray at ${url} answers with ${response.status}` });
  }
  return { url, report: XrayReport.parse(await response.json()) };
}
