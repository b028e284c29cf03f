// The rows that the event under way has touched, each once, in order of first touch.

export class Touched {
  readonly rows: number[] = [];
  private stamp = new Uint32Array(1024);
  private now = 1;

  add(row: number): void {
    if (row >= this.stamp.length) {
      const wider = new Uint32Array(Math.max(this.stamp.length * 2, row + 1));
      wider.set(this.stamp);
      this.stamp = wider;
    }
    if (this.stamp[row] === this.now) return;
    this.stamp[row] = this.now;
    this.rows.push(row);
  }

  clear(): void {
    if (this.rows.length === 0) return;
    this.rows.length = 0;
    this.now++;
    if (this.now > 0xffffffff) {
      this.stamp.fill(0);
      this.now = 1;
    }
  }
}
