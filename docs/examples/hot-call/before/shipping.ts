import express from 'express';
import { rateFor } from '../rates.ts';

const app = express();

app.get('/rates/:zone', (request, response) => {
  const rate = rateFor(request.params.zone, Number(request.query.grams));
  if (!rate) return void response.status(404).json({ title: `nothing is shipped to ${request.params.zone}` });
  response.json(rate);
});

app.listen(Number(process.env.SHIPPING_REST_PORT ?? 8071), '127.0.0.1');
