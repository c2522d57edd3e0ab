import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';

/** A price as the article's client gets it: int64 as strings. */
export type ArticlePrice = {
  product_id: string;
  base_price: number;
  discounted_price: number;
  is_on_sale: boolean;
  sale_ends_at: string;
};
/** An update as the article's client gets it. */
export type ArticleUpdate = { product_id: string; new_price: number; reason: string };

type Unary<Request, Response> = (
  request: Request,
  options: grpc.CallOptions,
  callback: (error: grpc.ServiceError | null, response: Response) => void,
) => void;
type ArticleRequest = { product_id: string | number; currency?: string; customer_segment?: string };

/** PricingService as the article's client sees it. */
export type ArticleClient = grpc.Client & {
  GetPrice: Unary<ArticleRequest, ArticlePrice>;
  GetPricesBatch: Unary<{ requests: ArticleRequest[] }, { prices: ArticlePrice[] }>;
  WatchPrice(request: ArticleRequest): grpc.ClientReadableStream<ArticleUpdate>;
};

/**
 * The article's client: made by proto-loader, with the article's options, from the article's own proto text.
 * @param proto path of that text
 */
export function articleClient(
  proto: string,
  address: string,
  credentials = grpc.credentials.createInsecure(),
) {
  const { ecommerce } = grpc.loadPackageDefinition(
    protoLoader.loadSync(proto, {
      keepCase: true,
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    }),
  ) as unknown as { ecommerce: { PricingService: grpc.ServiceClientConstructor } };
  return new ecommerce.PricingService(address, credentials) as unknown as ArticleClient;
}
