/** The shop's page: a page of products, whose prices are followed while they are shown. */
import { isMerchant, setUpAccount } from './account.js';
import { listProducts, startSale } from './api.js';
import { showPrice, showProducts, showSaleButtons } from './cards.js';
import { openDialog } from './dialogs.js';
import { followPrices } from './live-prices.js';

const pageSize = 24;
const element = (id) => document.querySelector(`#${id}`);
const [grid, category, currency, previous, next] = [
  'products',
  'category',
  'currency',
  'previous',
  'next',
].map(element);

/** Tokens of the pages up to the one shown. */
let tokens = [''];
let nextToken = null;
let stopFollowing = () => {};
/** Counts what was asked for, so that an answer that comes too late is not shown. */
let asked = 0;

const words = { connecting: 'connecting', live: 'live prices', lost: 'connection lost' };
function showState(state) {
  element('connection').dataset.state = state;
  element('connection').textContent = words[state];
}

async function load() {
  const ask = ++asked;
  stopFollowing();
  grid.setAttribute('aria-busy', 'true');
  try {
    const filter = { pageSize, category: category.value, currency: currency.value, pageToken: tokens.at(-1) };
    const { items, nextPageToken } = await listProducts(filter);
    if (ask === asked) show(items, nextPageToken);
  } catch (error) {
    if (ask === asked) showProblem(error.message);
  } finally {
    grid.removeAttribute('aria-busy');
  }
}

function show(items, nextPageToken) {
  showProblem('');
  showProducts(items, (product) => openSale(product));
  showSaleButtons(isMerchant());
  addCategories(items);
  nextToken = nextPageToken;
  previous.disabled = tokens.length === 1;
  next.disabled = nextToken === null;
  element('page-number').textContent = `Page ${tokens.length}`;
  element('empty').hidden = items.length > 0;
  const followed = items.filter(({ price }) => price !== null).map(({ productId }) => productId);
  if (followed.length > 0) {
    stopFollowing = followPrices(followed, currency.value, { onPrice: showPrice, onState: showState });
  }
}

function showProblem(text) {
  element('problem').textContent = text;
  element('problem').hidden = text === '';
}

/** Offers the categories that were seen. */
function addCategories(items) {
  const known = new Set([...category.options].map(({ value }) => value));
  const added = new Set(items.map((item) => item.category).filter((name) => !known.has(name)));
  const options = [...category.options].slice(1).concat([...added].map((name) => new Option(name, name)));
  const chosen = category.value;
  category.append(...options.sort((a, b) => a.value.localeCompare(b.value)));
  category.value = chosen;
}

function loadFrom(pages) {
  tokens = pages;
  return load();
}

let saleProduct;
const saleDialog = openDialog('sale', () => {
  const endsAt = new Date(Date.now() + element('minutes').valueAsNumber * 60_000).toISOString();
  return startSale(saleProduct.productId, element('percent').valueAsNumber, endsAt);
});
function openSale(product) {
  saleProduct = product;
  element('sale-product').textContent = product.name;
  saleDialog.open();
}

const given = new URLSearchParams(location.search);
if (given.get('category')) category.append(new Option(given.get('category'), given.get('category')));
category.value = given.get('category') ?? '';
currency.value = given.get('currency') ?? 'INR';
if (!currency.value) currency.value = 'INR';

element('filters').addEventListener('submit', (event) => event.preventDefault());
element('filters').addEventListener('change', () => {
  const chosen = new URLSearchParams({ category: category.value, currency: currency.value });
  history.replaceState(null, '', `?${chosen}`);
  loadFrom(['']);
});
next.addEventListener('click', () => turn([...tokens, nextToken]));
previous.addEventListener('click', () => turn(tokens.slice(0, -1)));
async function turn(pages) {
  await loadFrom(pages);
  grid.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

setUpAccount(load);
load();
