// For a service and a backend at other addresses than the article's:
//   node --env-file=DIR/dev.env --import ./other-ports.js article.test.js
const addresses = {
  'http://localhost:3000': process.env.BACKEND_URL,
  'http://localhost:8080': process.env.API_URL,
};

const { fetch } = globalThis;

globalThis.fetch = (input, init) => {
  const { origin, href } = new URL(input);
  return fetch(href.replace(origin, addresses[origin] ?? origin), init);
};
