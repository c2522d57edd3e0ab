/** The grid of products: a card each, whose price ticks. */

const grid = document.querySelector('#products');
const news = document.querySelector('#news');
const template = document.querySelector('#card');
/** The cards shown, by product id. */
const cards = new Map();

/** Shows products in place of those before. `onSale` is called with a product when its merchant wants a sale. */
export function showProducts(products, onSale) {
  cards.clear();
  grid.replaceChildren(
    ...products.map((product) => {
      const card = template.content.cloneNode(true).firstElementChild;
      const part = (name) => card.querySelector(`.${name}`);
      part('category').textContent = product.category;
      part('name').textContent = product.name;
      part('description').textContent = product.description;
      const pieces = product.stock.reduce((sum, { available }) => sum + available, 0);
      part('stock').textContent = pieces > 0 ? `${pieces.toLocaleString()} in stock` : 'Out of stock';
      part('start-sale').addEventListener('click', () => onSale(product));
      cards.set(product.productId, { card, part, name: product.name, state: undefined });
      showPrice(product);
      return card;
    }),
  );
}

/** Shows a product's price; one that has changed is marked for a moment. */
export function showPrice(price) {
  const shown = cards.get(price.productId);
  if (!shown) return;
  const { part, state: before } = shown;
  shown.state = price;
  part('amount').textContent = format(price.price, price.currency);
  const reduced = price.price !== null && price.originalPrice !== price.price;
  part('original').hidden = !reduced;
  part('was').textContent = reduced ? format(price.originalPrice, price.currency) : '\u00a0';
  part('badge').textContent = price.onSale ? 'Sale' : '';
  showCountdown(shown);
  if (!before || before.price === price.price || before.currency !== price.currency) return;
  mark(part('price'), price.price > before.price ? 'up' : 'down');
  if (price.onSale !== before.onSale) {
    news.textContent = `${shown.name}: ${price.onSale ? 'a sale has begun' : 'the sale is over'}, now ${part('amount').textContent}`;
  }
}

/** Shows whoever is a merchant the buttons for sales. */
export function showSaleButtons(visible) {
  for (const { part } of cards.values()) part('start-sale').hidden = !visible;
}

function mark(element, direction) {
  element.classList.remove('up', 'down');
  // Reading a size makes the browser forget the animation that ran, so that it runs again.
  void element.offsetWidth;
  element.classList.add(direction);
}

function format(amount, currency) {
  if (amount === null) return `no price in ${currency}`;
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
}

function showCountdown({ part, state }) {
  const left = state.saleEndsAt ? Date.parse(state.saleEndsAt) - Date.now() : 0;
  part('ends').textContent = left > 0 ? `ends in ${clock(left)}` : '';
}

function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const hms = [seconds / 3600, seconds / 60, seconds].map((n, i) =>
    String(Math.floor(n) % (i === 0 ? 24 : 60)).padStart(2, '0'),
  );
  return days > 0 ? `${days} d ${hms.join(':')}` : hms.join(':').replace(/^00:/, '');
}

setInterval(() => {
  for (const shown of cards.values()) if (shown.state.saleEndsAt) showCountdown(shown);
}, 1000);
