/* The difference between two texts, word by word, as the history of the desk shows it. Long texts
   that have little in common are not compared, so that it never takes long. */
'use strict';
const deskWords = (() => {
/* Han and kana are written without blanks, and so are compared character by character. */
const WORDS = /(?:\d+[.,])*(?:(?![\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff])[\p{L}\p{M}\p{N}_])+|\s+|./gsu;
const MAX_CELLS = 1_000_000; // about ten milliseconds

const split = text => text.match(WORDS) || [];

/* The table of the longest common parts of all ends of both lists. */
function table(old, now) {
    const width = now.length + 1;
    const cells = new Uint16Array((old.length + 1) * width);
    for (let i = old.length - 1; i >= 0; i -= 1) {
        for (let j = now.length - 1; j >= 0; j -= 1) {
            const at = i * width + j;
            cells[at] = old[i] === now[j]
                ? cells[at + width + 1] + 1
                : Math.max(cells[at + width], cells[at + 1]);
        }
    }
    return {cells, width};
}

/* Words as [kind, word], of which white space alone never counts as the same. */
function* walk(old, now) {
    if (old.length * now.length > MAX_CELLS) {
        yield* old.map(word => ['removed', word]);
        yield* now.map(word => ['added', word]);
        return;
    }
    const {cells, width} = table(old, now);
    let i = 0;
    let j = 0;
    while (i < old.length && j < now.length) {
        const at = i * width + j;
        if (old[i] === now[j]) {
            yield ['same', old[i]];
            i += 1;
            j += 1;
        } else if (cells[at + width] >= cells[at + 1]) {
            yield ['removed', old[i]];
            i += 1;
        } else {
            yield ['added', now[j]];
            j += 1;
        }
    }
    yield* old.slice(i).map(word => ['removed', word]);
    yield* now.slice(j).map(word => ['added', word]);
}

/* Neighbours of one kind as one part, and in each change what is removed before what is added. */
function joined(words) {
    const parts = [];
    let removed = '';
    let added = '';
    let blank = ''; // white space of which nobody knows yet whether it is between two changes
    const finish = () => {
        parts.push({kind: 'removed', text: removed}, {kind: 'added', text: added}, {kind: 'same', text: blank});
        removed = added = blank = '';
    };
    for (const [kind, word] of words) {
        if (kind === 'same' && (removed || added) && !blank && !word.trim()) {
            blank = word;
            continue;
        }
        if (kind === 'same') {
            finish();
            parts.push({kind, text: word});
            continue;
        }
        if (blank) {
            removed += blank;
            added += blank;
            blank = '';
        }
        removed += kind === 'removed' ? word : '';
        added += kind === 'added' ? word : '';
    }
    finish();
    return parts.filter(part => part.text).reduce((all, part) => {
        if (all.at(-1)?.kind === part.kind) {
            all.at(-1).text += part.text;
        } else {
            all.push(part);
        }
        return all;
    }, []);
}

/* Parts as {kind, text}, where the kind is `same`, `removed` or `added`. */
function compare(before, after) {
    const old = split(before);
    const now = split(after);
    let start = 0;
    while (start < old.length && start < now.length && old[start] === now[start]) {
        start += 1;
    }
    let end = 0;
    while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) {
        end += 1;
    }
    const middle = walk(old.slice(start, old.length - end), now.slice(start, now.length - end));
    const around = (from, to) => old.slice(from, to).map(word => ['same', word]);
    return joined([...around(0, start), ...middle, ...around(old.length - end)]);
}

return {compare};
})();
