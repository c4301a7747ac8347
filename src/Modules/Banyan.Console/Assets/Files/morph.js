// Turns one piece of the page into another with as few changes as possible: nodes with the same data-key or the same place and name are kept, so focus, typed
// text, open details and the scroll position survive.
const keyOf = node => node.nodeType === Node.ELEMENT_NODE ? node.getAttribute('data-key') || node.id || null : null;
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

// What the reader did to an element is not the server's to undo.
const own = { DETAILS: ['open'], INPUT: ['value'], TR: ['hidden', 'class'], LI: ['hidden', 'class'], P: ['hidden'] };

function attributes(from, to) {
  const kept = own[from.nodeName] ?? [];
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !kept.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (!kept.includes(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

export function morph(from, to) {
  const keyed = new Map();
  for (const child of from.childNodes) {
    const key = keyOf(child);
    if (key) keyed.set(key, child);
  }
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = keyOf(wanted);
    const known = key ? keyed.get(key) : null;
    if (known && known !== at && alike(known, wanted)) {
      from.insertBefore(known, at);
      at = known;
    }
    if (at && alike(at, wanted)) {
      if (at.nodeType === Node.ELEMENT_NODE) {
        if (at.dataset?.state !== undefined && at.dataset.state !== wanted.dataset.state) flash(at);
        attributes(at, wanted);
        morph(at, wanted);
      } else if (at.nodeValue !== wanted.nodeValue) {
        at.nodeValue = wanted.nodeValue;
      }
      at = at.nextSibling;
    } else {
      from.insertBefore(document.importNode(wanted, true), at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function flash(element) {
  element.classList.remove('changed');
  void element.offsetWidth;
  element.classList.add('changed');
}
