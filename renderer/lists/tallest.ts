let measured: number | null = null;

/** How tall this browser lets an element be, in px, with a little to spare. Measured once. */
export function tallestElement(): number {
  if (measured === null) {
    const probe = document.createElement('div');
    probe.style.position = 'absolute';
    probe.style.visibility = 'hidden';
    probe.style.height = '100000000px';
    document.body.append(probe);
    measured = Math.floor(probe.getBoundingClientRect().height * 0.98);
    probe.remove();
  }
  return measured;
}
