import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import type { Span } from './span.ts';
import { span, traceOf } from './spans.testing.ts';
import { durationWith } from './what-if.ts';

/** A program: own work in ns, and calls of others, several at once where there are several. */
type Program = { name: string; steps: (number | Program[])[] };

/** Runs it, by reckoning: the spans it leaves. The last one is its own. */
function run(program: Program, began = 0, path = 'root'): Span[] {
  let now = began;
  const spans: Span[] = [];
  program.steps.forEach((step, i) => {
    if (typeof step === 'number') {
      now += step;
      return;
    }
    const ends = step.map((callee, j) => {
      const below = run(callee, now, `${path}.${i}.${j}`);
      spans.push(...below);
      return began + Number((below.at(-1) as Span).end - span('x', { at: [began / 1e6, 0] }).start);
    });
    now = Math.max(...ends);
  });
  const parent = path.split('.').slice(0, -2).join('.');
  const at = [began / 1e6, now / 1e6] as const;
  spans.push(span(parent ? `${parent}/${path}` : path, { at, operation: program.name }));
  return spans;
}

const durationOf = (program: Program) => traceOf(run(program)).root.end;

const { program } = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    steps: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
      fc
        .array(
          fc.oneof(fc.integer({ min: 1, max: 9 }), fc.array(tie('program'), { minLength: 1, maxLength: 3 })),
          { minLength: 1, maxLength: 5 },
        )
        .map((steps) => [1, ...steps]),
    ),
  }),
}));

test('without a change a trace takes as long as it took', () => {
  fc.assert(
    fc.property(program, (drawn) => {
      const trace = traceOf(run(drawn));
      expect(durationWith(trace, undefined)).toBe(trace.root.end);
    }),
  );
});

test('what is predicted for an operation that becomes slower or faster is what then happens', () => {
  fc.assert(
    fc.property(
      program,
      fc.constantFrom(0, 1, 3),
      fc.integer({ min: 1, max: 20 }),
      (drawn, times, plusNs) => {
        const changed = ({ name, steps }: Program): Program => ({
          name,
          steps: [
            ...steps.map((step) =>
              typeof step === 'number' ? step * (name === 'b' ? times : 1) : step.map(changed),
            ),
            name === 'b' ? plusNs : 0,
          ],
        });
        const own = { service: 'shop', operation: 'b' };
        const real = changed(drawn);
        expect(durationWith(traceOf(run(drawn)), { own, times, plusNs })).toBe(durationOf(real));
      },
    ),
    { numRuns: 500 },
  );
});

test('what is predicted for calls that run beside each other is what then happens', () => {
  const call = (name: string) => program.map(({ steps }) => ({ name, steps }));
  const work = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(
      call('first'),
      call('second'),
      call('other'),
      work,
      work,
      fc.boolean(),
      (first, second, other, pause, rest, more) => {
        const after = more ? [[other], rest] : [rest];
        const before: Program = { name: 'page', steps: [1, [first], pause, [second], 2, ...after] };
        const beside: Program = { name: 'page', steps: [1, [first, second], pause, 2, ...after] };
        const [page, one, two] = ['page', 'first', 'second'].map((operation) => ({
          service: 'shop',
          operation,
        }));
        const change = { below: page, first: one, second: two } as Parameters<typeof durationWith>[1];
        expect(durationWith(traceOf(run(before)), change)).toBe(durationOf(beside));
      },
    ),
    { numRuns: 500 },
  );
});

test('a delay anywhere on the critical path makes the trace longer by just that', () => {
  fc.assert(
    fc.property(program, fc.nat(), (drawn, pick) => {
      const trace = traceOf(run(drawn).map((each) => ({ ...each, operation: each.id })));
      const path = criticalPath(trace);
      const { service, operation } = (path[pick % path.length] as (typeof path)[0]).node.span;
      const longer = durationWith(trace, { own: { service, operation }, times: 1, plusNs: 50 });
      expect(longer).toBe(trace.root.end + 50);
    }),
  );
});
