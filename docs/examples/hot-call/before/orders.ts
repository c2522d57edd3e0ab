import express from 'express';
import { parcelsOf } from '../orders.ts';

const shipping = process.env.SHIPPING_URL ?? 'http://127.0.0.1:8071';

async function rateOf({ zone, grams }: { zone: string; grams: number }) {
  const answer = await fetch(`${shipping}/rates/${zone}?grams=${grams}`);
  if (!answer.ok) throw Object.assign(new Error('no rate'), { status: answer.status });
  return (await answer.json()) as { cents: number; days: number };
}

const app = express();

app.get('/orders/:id', async (request, response) => {
  const parcels = parcelsOf(Number(request.params.id));
  const rates = await Promise.all(parcels.map(rateOf));
  response.json({ parcels: parcels.map((parcel, index) => ({ ...parcel, ...rates[index] })) });
});

app.listen(Number(process.env.ORDERS_PORT ?? 8070), '127.0.0.1');
