/** The CRC-32 of ZIP files. */
const table = new Uint32Array(256).map((_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

export class Crc32 {
  private value = 0xffffffff;

  update(bytes: Uint8Array): void {
    let value = this.value;
    for (let n = 0; n < bytes.length; n++) value = table[(value ^ bytes[n]!) & 0xff]! ^ (value >>> 8);
    this.value = value;
  }

  digest(): number {
    return (this.value ^ 0xffffffff) >>> 0;
  }
}
