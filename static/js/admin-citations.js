/* A pasted address gets the name of the publisher that its domain belongs to, for all to see. */
'use strict';
(() => {
const BARE = /^\s*(https?:\/\/[^\s|｜]+)\s*(?:[|｜]\s*(\S.*?)\s*)?$/i;
const names = new Map(); // by host, so that each is asked for once

function nameOf(url, endpoint) {
    const {host} = new URL(url);
    if (!names.has(host)) {
        const asked = fetch(`${endpoint}?${new URLSearchParams({url})}`, {redirect: 'error'})
            .then(response => (response.ok ? response.json() : {name: ''}))
            .then(({name}) => name)
            .catch(() => {
                names.delete(host); // next time, perhaps
                return '';
            });
        names.set(host, asked);
    }
    return names.get(host);
}

async function complete(area) {
    for (const line of new Set(area.value.split('\n'))) {
        const [, url, date] = line.match(BARE) || [];
        if (!url || !URL.canParse(url)) {
            continue;
        }
        const name = await nameOf(url, area.dataset.publishers);
        const lines = area.value.split('\n'); // what is typed by now
        if (name && document.activeElement !== area && lines.includes(line)) {
            const full = [name, url, date].filter(Boolean).join(' | ');
            area.value = lines.map(each => (each === line ? full : each)).join('\n');
            area.dispatchEvent(new Event('input', {bubbles: true}));
        }
    }
}

document.addEventListener('change', event => {
    if (event.target.matches?.('[data-publishers]')) {
        complete(event.target);
    }
});
})();
