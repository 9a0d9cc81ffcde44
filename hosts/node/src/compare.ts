// What two layouts are to each other, by the rule of docs/memory-format.md, "Compatible layouts":
//
//   message Order 32 8          message Order 32 8
//   0 8 u64 - id                0 8 u64 - id
//   8 8 f64 - price             8 8 f64 - price
//   16 4 u32 - venue     ◁──▷   16 16 reserved - _later      what one has where the other has reserved bytes
//   20 12 reserved - _later
//   enum Side 1 u8              enum Side 1 u8
//   1 Buy                       1 Buy
//   2 Sell               ◁──▷                                what one has a name for and the other has not
//
// Both texts are read as lines and believed in nothing: what can't be read has to be equal, letter by letter.

/** Where two layouts part, in words for people. */
export interface Difference {
  readonly type: string;
  /** The field, value or case; empty if the types differ as a whole. */
  readonly member: string;
  readonly mine: string;
  readonly theirs: string;
}

/**
 * What two layouts are to each other. `same`: line by line, padding and notes aside. `compatible`: two versions that
 * can share a ring; the differences are those that have a name, which may be none. `different`: they can't; it is the
 * first contradiction.
 */
export type Comparison =
  | { readonly verdict: "same" }
  | { readonly verdict: "compatible"; readonly differences: readonly Difference[] }
  | { readonly verdict: "different"; readonly difference: Difference };

interface Block {
  readonly kind: string;
  readonly name: string;
  readonly rest: string;
  readonly members: string[];
}

/** Compares two canonical schemas. `theirs` need not be well-formed: it may come from a hostile ring. */
export function compareLayouts(mine: string, theirs: string): Comparison {
  const [here, there] = [blocks(mine), blocks(theirs)];
  const editions = [edition(mine), edition(theirs)] as const;
  if (editions[0] === editions[1] && isEqual(here, there)) return { verdict: "same" };
  const differences: Difference[] = [];
  const difference = contradiction(here, there, editions, differences);
  return difference === undefined ? { verdict: "compatible", differences } : { verdict: "different", difference };
}

/** The first contradiction. What differs without being one is added to `found`. */
function contradiction(
  mine: readonly Block[],
  theirs: readonly Block[],
  [edition, other]: readonly [string, string],
  found: Difference[],
): Difference | undefined {
  const [first, root] = [mine[0], theirs[0]];
  if (first?.kind !== root?.kind || first?.name !== root?.name) return wholes(first, root);
  if (edition !== other) return whole(first?.name ?? "", editionWords(edition), editionWords(other));
  const [here, there] = [byName(mine), byName(theirs)];
  const doubled = firstDoubled(mine) ?? firstDoubled(theirs);
  // Which of them a field means is not to be seen.
  if (doubled !== undefined) return counts(doubled, mine, theirs);
  const sharedTypes = new Set<string>();
  for (const a of mine) {
    const b = there.get(a.name);
    if (b === undefined) continue;
    if (a.kind !== b.kind) return wholes(a, b);
    const [left, right] = settle(a, b, found);
    const difference = members(a, left, right);
    if (difference !== undefined) return difference;
    if (a.rest !== b.rest) return wholes(a, b);
    for (const line of left) {
      const name = declaredType(line);
      if (name !== undefined) sharedTypes.add(name);
    }
  }
  for (const name of [...sharedTypes].sort()) {
    const [a, b] = [here.get(name), there.get(name)];
    if (a === undefined && b === undefined) return counts(name, mine, theirs);
    if (a === undefined || b === undefined) return wholes(a, b);
  }
  return undefined;
}

/** What has to be equal of two blocks of one kind and name, in order: their members without those that may differ. */
function settle(a: Block, b: Block, found: Difference[]): readonly [readonly string[], readonly string[]] {
  if (a.rest === b.rest) {
    if (a.kind === "message" || a.kind === "struct") {
      const [mine, theirs] = [fields(a), fields(b)];
      if (mine !== undefined && theirs !== undefined) {
        const [left, right] = [split(mine, theirs), split(theirs, mine)];
        found.push(...excused(a, left.excused, right.excused, "reserved"));
        return [left.kept, right.kept];
      }
    } else if (["enum", "flags", "variant"].includes(a.kind) && hasValues(a) && hasValues(b)) {
      const [here, there] = [new Set(a.members), new Set(b.members)];
      const onlyMine = a.members.filter((line) => !there.has(line));
      const onlyTheirs = b.members.filter((line) => !here.has(line));
      if (onlyMine.length === 0 || onlyTheirs.length === 0) {
        found.push(...excused(a, onlyMine, onlyTheirs, "missing"));
        const shared = a.members.filter((line) => there.has(line));
        return [shared, shared];
      }
    }
  }
  return [a.members, b.members];
}

function* excused(
  block: Block,
  mine: readonly string[],
  theirs: readonly string[],
  instead: string,
): Iterable<Difference> {
  const of = (line: string) => ({ type: block.name, member: nameOf(line) });
  for (const line of mine) yield { ...of(line), mine: memberWords(line, false), theirs: instead };
  for (const line of theirs) yield { ...of(line), mine: instead, theirs: memberWords(line, false) };
}

/** Whether each line of an enum, flags or variant has a value and a name that no other has. */
function hasValues({ kind, members }: Block): boolean {
  const parts = members.map((line) => line.split(" "));
  const [values, names] = [new Set(parts.map((part) => part[0])), new Set(parts.map((part) => part.at(-1)))];
  const words = kind === "variant" ? 3 : 2;
  return parts.every((part) => part.length === words) && values.size === parts.length && names.size === parts.length;
}

/** The fields of a struct, by their bytes. */
interface Fields {
  readonly data: { readonly offset: number; readonly end: number; readonly name: string; readonly line: string }[];
  readonly names: Set<string>;
  /** Merged and in order. */
  readonly reserved: { readonly start: number; end: number }[];
}

/** `undefined` unless each line is one of a field, and no two have a name. */
function fields({ members }: Block): Fields | undefined {
  const of: Fields = { data: [], names: new Set(), reserved: [] };
  const ranges: { start: number; end: number }[] = [];
  for (const line of members) {
    const parts = line.split(" ");
    const [offset, size] = [number(parts[0]), number(parts[1])];
    const [, , kind, , name] = parts;
    if (parts.length !== 5 || offset === undefined || size === undefined || name === undefined) return undefined;
    const end = offset + size;
    if (kind === "reserved") ranges.push({ start: offset, end });
    else if (of.names.has(name)) return undefined;
    else {
      of.names.add(name);
      of.data.push({ offset, end, name, line });
    }
  }
  ranges.sort((a, b) => a.start - b.start);
  for (const range of ranges) {
    const last = of.reserved.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else of.reserved.push(range);
  }
  return of;
}

/** The lines that the other has to have too, and those of fields in bytes that it calls reserved. */
function split(mine: Fields, theirs: Fields): { readonly kept: string[]; readonly excused: string[] } {
  const [kept, excused]: [string[], string[]] = [[], []];
  for (const { offset, end, name, line } of mine.data) {
    // The last range that starts at the field or in front of it.
    let [low, high] = [0, theirs.reserved.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (theirs.reserved[middle]!.start <= offset) low = middle + 1;
      else high = middle;
    }
    const isReserved = low > 0 && end <= theirs.reserved[low - 1]!.end;
    (isReserved && !theirs.names.has(name) ? excused : kept).push(line);
  }
  return { kept, excused };
}

/** Up to ten digits, and no more than 32 bits. */
function number(digits: string | undefined): number | undefined {
  if (digits === undefined || !/^[0-9]{1,10}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value < 2 ** 32 ? value : undefined;
}

/** The type that a field or a case names: `Side` of `8 1 enum:Side - side`. */
function declaredType(line: string): string | undefined {
  const parts = line.split(" ");
  const kind = parts.length === 5 ? parts[2] : parts.length === 3 ? parts[1] : undefined;
  return /^(?:enum|flags|struct|message|variant):(.*)$/s.exec(kind ?? "")?.[1];
}

/** Padding is left out. */
function blocks(text: string): Block[] {
  const found: Block[] = [];
  for (const line of lines(text)) {
    if (line.startsWith("#")) break;
    const last = found.at(-1);
    if (last !== undefined && /^[-0-9]/.test(line)) {
      if (line.split(" ")[2] !== "pad") last.members.push(line);
    } else {
      const [kind = "", name = "", ...rest] = line.split(" ");
      found.push({ kind, name, rest: rest.join(" "), members: [] });
    }
  }
  return found;
}

function edition(text: string): string {
  const start = "#ringgen ";
  return lines(text).find((line) => line.startsWith(start))?.slice(start.length) ?? "";
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

function isEqual(mine: readonly Block[], theirs: readonly Block[]): boolean {
  const flat = (block: Block): string => [`${block.kind} ${block.name} ${block.rest}`, ...block.members].join("\n");
  return mine.length === theirs.length && mine.every((block, index) => flat(block) === flat(theirs[index]!));
}

function byName(blocks: readonly Block[]): Map<string, Block> {
  return new Map(blocks.map((block) => [block.name, block]));
}

function firstDoubled(blocks: readonly Block[]): string | undefined {
  const seen = new Set<string>();
  return blocks.find(({ name }) => seen.has(name) || !seen.add(name))?.name;
}

// Words: the same ones in every host, which tests/compatible holds them to.

function whole(type: string, mine: string, theirs: string): Difference {
  return { type, member: "", mine, theirs };
}

function wholes(mine: Block | undefined, theirs: Block | undefined): Difference {
  return whole((mine ?? theirs)?.name ?? "", blockWords(mine), blockWords(theirs));
}

function counts(name: string, mine: readonly Block[], theirs: readonly Block[]): Difference {
  const words = (blocks: readonly Block[]): string =>
    `${blocks.filter((block) => block.name === name).length} of this name`;
  return whole(name, words(mine), words(theirs));
}

function editionWords(edition: string): string {
  return edition === "" ? "no edition" : `edition ${edition}`;
}

/** The first member in which a block is another here and there, of those that have to be equal. */
function members(block: Block, mine: readonly string[], theirs: readonly string[]): Difference | undefined {
  for (let index = 0; index < Math.max(mine.length, theirs.length); index++) {
    let [x, y] = [mine[index], theirs[index]];
    if (x === y) continue;
    if (x !== undefined && y !== undefined && nameOf(x) !== nameOf(y)) {
      // Of two fields that have neither name nor place in common, the one in front is one that the other has not.
      const [here, there] = [offsetOf(x), offsetOf(y)];
      if (here !== undefined && there !== undefined && here !== there) {
        if (here < there) y = undefined;
        else x = undefined;
      }
    }
    // A type of the same name can be of another size or kind.
    const all = memberWords(x, false) === memberWords(y, false);
    const member = nameOf((x ?? y)!);
    return { type: block.name, member, mine: memberWords(x, all), theirs: memberWords(y, all) };
  }
  return undefined;
}

function blockWords(block: Block | undefined): string {
  if (block === undefined) return "missing";
  const { kind, name, rest } = block;
  const parts = rest.split(" ");
  const [first, second, third, last] = parts;
  if ((kind === "struct" || kind === "message") && parts.length === 2) {
    return `${kind} ${name} of ${first} bytes, aligned to ${second}`;
  }
  if ((kind === "enum" || kind === "flags") && parts.length === 2) return `${kind} ${name} stored as ${second}`;
  if (kind === "variant" && parts.length === 4) {
    return `variant ${name} of ${first} bytes, aligned to ${second}, a ${third} in front of payloads at ${last}`;
  }
  return `${kind} ${name} ${rest}`;
}

/**
 * `16 4 u32 - quantity` as `quantity: u32 at 16`, or with `all` of it `quantity: u32 of 4 bytes at 16`;
 * `1 Buy` as `Buy = 1`; `1 message:Book Level` as `Level = 1: Book`.
 */
function memberWords(line: string | undefined, all: boolean): string {
  if (line === undefined) return "missing";
  const parts = line.split(" ");
  if (parts.length === 2) return `${parts[1]} = ${parts[0]}`;
  if (parts.length === 3) return `${parts[2]} = ${parts[0]}: ${kindWords(parts[1]!, all)}`;
  if (parts.length !== 5) return line;
  const [offset, size, kind, dims, name] = parts as [string, string, string, string, string];
  let shape = "";
  if ((kind === "str" && dims === "-") || kind === "reserved") shape = `[${size}]`;
  else if (dims !== "-") shape = `[${dims.replaceAll("x", "][")}]`;
  return `${name}: ${kindWords(kind, all)}${shape}${all ? ` of ${size} bytes` : ""} at ${offset}`;
}

/** `u32`, `text[4096]` of `text:4096`, `Side` of `enum:Side`, or with `all` of it `enum Side`. */
function kindWords(kind: string, all: boolean): string {
  const colon = kind.indexOf(":");
  if (colon < 0) return kind;
  const [word, name] = [kind.slice(0, colon), kind.slice(colon + 1)];
  if (word === "text" || word === "blob") return `${word}[${name}]`;
  return all ? `${word} ${name}` : name;
}

function nameOf(line: string): string {
  return line.slice(line.lastIndexOf(" ") + 1);
}

/** Where a field lies; values and cases lie nowhere. */
function offsetOf(line: string): number | undefined {
  const parts = line.split(" ");
  return parts.length === 5 ? number(parts[0]) : undefined;
}
