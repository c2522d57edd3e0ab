import { useSignal } from '@preact/signals';
import type { XrayView } from '../../../src/schemas/console.ts';
import { query, request } from '../ui/api.ts';
import { Empty, Field, Table } from '../ui/parts.tsx';
import { Bands, hopsOf } from './bands.tsx';
import { usePolled } from './poll.ts';
import { View } from './view.tsx';
import { msInWords, percentInWords, shortRpc } from './words.ts';

type Report = NonNullable<XrayView['report']>;
type BandName = Report['bands'][number]['band'];

const mostRows = 12;

/** Where the time of a route goes. */
export function XrayPage() {
  const operation = useSignal('');
  const polled = usePolled(
    (signal) =>
      request<XrayView>('GET', `/api/console/xray?${query({ operation: operation.value })}`, { signal }),
    4_000,
  );
  return (
    <View
      title="X-ray"
      about="Where the time of the shop's last requests went, hop by hop, and what would make them faster."
      polled={polled}
    >
      {({ url, report }) => {
        if (url === null || report === null) return <NoXray />;
        if (report.operation === null) return <NothingSeen />;
        return (
          <>
            <div class="choices">
              <Field label="Requests">
                <select
                  value={report.operation}
                  onChange={(event) => {
                    operation.value = event.currentTarget.value;
                  }}
                >
                  {report.operations.map(({ name, traces }) => (
                    <option key={name} value={name}>
                      {`${name} (${traces})`}
                    </option>
                  ))}
                </select>
              </Field>
              <a class="button" href={`${url}/?${query({ operation: report.operation })}`}>
                The whole X-ray
              </a>
            </div>
            <Seen report={report} />
          </>
        );
      }}
    </View>
  );
}

function Seen({ report }: { readonly report: Report }) {
  const chosen = useSignal<BandName>('p50');
  const band = report.bands.find((one) => one.band === chosen.value);
  const slices = band?.slices.slice(0, mostRows) ?? [];
  return (
    <>
      <section class="panel" aria-labelledby="bands">
        <h2 id="bands">By hop</h2>
        <Bands bands={report.bands} />
        <Table
          caption="Time by process, at three quantiles"
          head={['process', 'p50', 'p90', 'p99']}
          numbers={[1, 2, 3]}
          rows={hopsOf(report.bands).map(({ name, ms }) => [name, ...ms.map(msInWords)])}
        />
      </section>
      <section class="panel" aria-labelledby="findings">
        <h2 id="findings">Findings</h2>
        {report.findings.length === 0 && <p class="quiet">Nothing stands out.</p>}
        <ul class="findings">
          {report.findings.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </section>
      <section class="panel" aria-labelledby="slices">
        <div class="panel-head">
          <h2 id="slices">By operation and cause</h2>
          <Field label="At">
            <select
              value={chosen}
              onChange={(event) => {
                chosen.value = event.currentTarget.value as BandName;
              }}
            >
              {report.bands.map((one) => (
                <option key={one.band}>{one.band}</option>
              ))}
            </select>
          </Field>
        </div>
        <Table
          caption={`Where the time goes at ${chosen.value}`}
          head={['process', 'operation', 'cause', 'time', 'share']}
          numbers={[3, 4]}
          rows={slices.map(({ service, operation, cause, ms, share }) => [
            service,
            <span key="operation" class="code">
              {shortRpc(operation)}
            </span>,
            cause,
            msInWords(ms),
            percentInWords(share),
          ])}
        />
      </section>
    </>
  );
}

function NoXray() {
  return (
    <Empty title="There is no X-ray">
      <p>
        Start the shop by <code>npm start</code>, without <code>--otlp</code> and <code>XRAY_PORT=off</code>.
      </p>
    </Empty>
  );
}

function NothingSeen() {
  return (
    <Empty title="No request has been seen yet">
      <p>
        <a href="/">Open the shop</a>: what its pages wait for shows here some seconds later.
      </p>
    </Empty>
  );
}
