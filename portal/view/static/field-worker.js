// Keeps the shell of the field pages and the files that it needs, so that they
// open without a signal. It keeps no data: what was taken along lies encrypted in
// the phone's database, and nothing that the server says of anybody comes through
// here but to pass. KEPT, the addresses to keep, stands in the line above.
'use strict';
const STORE = 'field-' + KEPT.join(' ').replace(/[^0-9a-z]+/g, '-');

self.addEventListener('install', event => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    for (const address of KEPT) {
      const answer = await fetch(address, { cache: 'no-cache', credentials: 'same-origin' });
      // Signed out, the shell would be the page that asks to sign in.
      if (!answer.ok || answer.redirected) throw new Error('not kept: ' + address);
      await store.put(address, answer);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('field-') && name !== STORE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', event => {
  const request = event.request, address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(page(request, address));
  } else if (KEPT.includes(address.pathname) && address.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(address.pathname).then(kept => kept || fetch(request)));
  }
});

// page asks the network, and shows the shell when it does not answer. A signal
// that is too weak to be of use counts as none after eight seconds.
async function page(request, address) {
  const patience = new Promise((_, no) => setTimeout(() => no(new Error('slow')), 8000));
  try {
    return await Promise.race([fetch(request), patience]);
  } catch (e) {
    const shell = address.searchParams.get('lang') === 'en' ? '/console/field/shell?lang=en' : '/console/field/shell';
    return (await caches.match(shell)) || Response.error();
  }
}
