/* The earlier article that one may follow up, as a box below its storyline. It comes with the page and
   with each answer of the check; what is ticked stays. */
'use strict';
(() => {
const place = row => row.querySelector('[data-follow]');

function box(row, offer) {
    const made = document.createElement('label');
    const input = document.createElement('input');
    input.type = 'checkbox';
    input.name = `${row.id}-follows`;
    input.value = offer.uid;
    made.append(input, ` ${offer.text}`);
    return made;
}

document.addEventListener('findings:answered', event => {
    for (const row of document.querySelectorAll('[data-article]')) {
        const shown = place(row)?.querySelector('input');
        const offer = event.detail.findings.find(each => each.row === row.id && each.follow)?.follow;
        if (!place(row) || shown?.checked || shown?.value === offer?.uid) {
            continue;
        }
        const isFocused = place(row).contains(document.activeElement);
        place(row).replaceChildren(...(offer ? [box(row, offer)] : []));
        if (isFocused) {
            row.querySelector('[name$="-storyline"]').focus({preventScroll: true});
        }
    }
});
})();
