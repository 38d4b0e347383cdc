/** Elements without markup in strings. */
/* global document */

/** An element with properties of the DOM and, as children, elements and texts. */
export function createElement(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
