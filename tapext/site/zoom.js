/** A view that looks at a part of a larger board: by wheel, pinch, buttons and keys. */

const MOST = 6;
export const STEP = 1.5;

/** Zooms a board within a view that scrolls. */
export class Zoom {
  #factor = 1;

  /**
   * @param {HTMLElement} view
   * @param {HTMLElement} board
   * @param {() => void} say called when the factor has changed
   */
  constructor(view, board, say) {
    Object.assign(this, { view, board, say });
    let spread = 0;
    view.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    view.addEventListener("touchstart", (event) => (spread = distance(event.touches)));
    view.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      const now = distance(event.touches);
      if (spread) this.by(now / spread, middle(event.touches));
      spread = now;
    }, { passive: false });
  }

  get factor() {
    return this.#factor;
  }

  /**
   * Zoom by a factor; what is at a point of the screen stays there.
   * @param {number} factor
   * @param {{clientX: number, clientY: number}} [point] the middle of the view unless another is given
   */
  by(factor, point = centre(this.view)) {
    const wanted = Math.min(Math.max(this.#factor * factor, 1), MOST);
    if (wanted === this.#factor) return;
    const before = this.board.getBoundingClientRect();
    const [x, y] = [(point.clientX - before.left) / before.width, (point.clientY - before.top) / before.height];
    this.#factor = wanted;
    this.board.style.setProperty("--zoom", String(wanted));
    const after = this.board.getBoundingClientRect();
    this.view.scrollLeft += after.left + x * after.width - point.clientX;
    this.view.scrollTop += after.top + y * after.height - point.clientY;
    this.say();
  }

  /** See the whole board. */
  reset() {
    this.by(0);
  }

  /** The wheel scrolls the page until somebody works in the view; with Ctrl, and by pinching a pad, it zooms at once. */
  #turn(event) {
    if (!event.ctrlKey && !this.view.contains(document.activeElement)) return;
    if (event.deltaY > 0 && this.#factor === 1 && !event.ctrlKey) return;
    event.preventDefault();
    this.by(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), event);
  }
}

/** The middle of an element, as a point of the screen. */
export function centre(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

function distance(touches) {
  return touches.length === 2
    ? Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY) : 0;
}

function middle([one, other]) {
  return { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
}
