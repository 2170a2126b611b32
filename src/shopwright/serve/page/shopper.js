// Who the shopper is to this shop: an id of 128 random bits, made when they want to be remembered and kept in this
// browser until they do not. It is sent with every message; whoever has it may read what is kept under it.

const KEPT = "shopwright-shopper";

/** The shopper's id; null for one who is not to be remembered. */
export function shopper() {
  try {
    const id = localStorage.getItem(KEPT);
    return /^[A-Za-z0-9_-]{16,64}$/.test(id ?? "") ? id : null;
  } catch {
    return null;
  }
}

/** A new id, not kept yet. */
export const newShopper = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Keep an id in this browser; throws where the browser keeps nothing for this page. */
export function keepShopper(id) {
  localStorage.setItem(KEPT, id);
}

/** Be told when another tab forgets the id. */
export const onDropped = (listener) => addEventListener("storage", (event) => event.key === KEPT && !event.newValue && listener());

/** Forget the id. */
export function dropShopper() {
  try {
    localStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}
