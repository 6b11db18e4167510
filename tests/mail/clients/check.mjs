/* Whether mail programs show what a mail is made of, by the tables of Can I email that the package
   brings. Reads the mail from standard input. */

import {readFileSync} from 'node:fs';
import {caniemail} from 'caniemail';

const PROGRAMS = [
    'gmail.desktop-webmail', 'gmail.android', 'gmail.ios', 'outlook.windows', 'outlook.macos',
    'outlook.outlook-com', 'outlook.ios', 'outlook.android', 'apple-mail.macos', 'apple-mail.ios',
    'samsung-email.android', 'yahoo.desktop-webmail',
];

/* What some do not show, and why the mail is right without it. */
const DONE_WITHOUT = new Map([
    ['@media', 'Outlook on Windows has no dark mode of its own, and is on no phone'],
    ['color-scheme meta tag', 'programs without it turn colours by rules of their own'],
    ['word-break', 'lines break within Korean words'],
    ['overflow-wrap', 'a long address widens its column'],
    ['overflow', 'the package takes overflow-wrap for this one, too'],
    ['white-space', 'the lines of code run on'],
    ['<body> element', 'the table around the mail has the same colour'],
    ['webP image format', 'Outlook shows the description of a picture'],
    ['height property', 'a picture has its own height'],
]);

const html = readFileSync(0, 'utf8');
const missing = new Map();
for (const program of PROGRAMS) {
    const {issues} = caniemail({clients: [program], html});
    for (const found of issues.errors.values()) {
        for (const {title} of found) {
            if (!DONE_WITHOUT.has(title)) {
                missing.set(title, [...(missing.get(title) ?? []), program]);
            }
        }
    }
}
for (const [title, programs] of missing) {
    console.error(`${title}: not shown by ${[...new Set(programs)].join(', ')}`);
}
console.log(`Mail of ${html.length} characters: ${missing.size} things that a program does not show.`);
process.exit(missing.size ? 1 : 0);
