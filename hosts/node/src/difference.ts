interface Block {
  readonly kind: string;
  readonly name: string;
  readonly rest: string;
  readonly members: string[];
}

/** Where two layouts part, in words for people. */
export interface Difference {
  readonly type: string;
  /** The field or value; empty if the types differ as a whole. */
  readonly member: string;
  readonly mine: string;
  readonly theirs: string;
}

/** The first field in which two canonical schemas differ, padding and notes aside. Neither need be well-formed. */
export function firstDifference(mine: string, theirs: string): Difference | undefined {
  const [here, there] = [blocks(mine), blocks(theirs)];
  for (let index = 0; index < Math.max(here.length, there.length); index++) {
    const [a, b] = [here[index], there[index]];
    const whole = { type: (a ?? b)!.name, member: "", mine: words(a), theirs: words(b) };
    if (a === undefined || b === undefined || a.kind !== b.kind || a.name !== b.name) return whole;
    for (let member = 0; member < Math.max(a.members.length, b.members.length); member++) {
      const [x, y] = [a.members[member], b.members[member]];
      if (x !== y) {
        const name = (x ?? y)!.split(" ").at(-1)!;
        // A type of the same name can be of another size or kind.
        const all = memberWords(x, false) === memberWords(y, false);
        return { type: a.name, member: name, mine: memberWords(x, all), theirs: memberWords(y, all) };
      }
    }
    if (a.rest !== b.rest) return whole;
  }
  return undefined;
}

function blocks(text: string): Block[] {
  const found: Block[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) break;
    if (line === "") continue;
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

function words(block: Block | undefined): string {
  if (block === undefined) return "missing";
  const { kind, name, rest } = block;
  const [size, last] = rest.split(" ");
  if (last === undefined) return `${kind} ${name} ${rest}`;
  const isStruct = kind === "struct" || kind === "message";
  return isStruct ? `${kind} ${name} of ${size} bytes, aligned to ${last}` : `${kind} ${name} stored as ${last}`;
}

/**
 * `16 4 u32 - quantity` as `quantity: u32 at 16`, or with `all` of it `quantity: u32 of 4 bytes at 16`;
 * `1 Buy` as `Buy = 1`.
 */
function memberWords(line: string | undefined, all: boolean): string {
  if (line === undefined) return "missing";
  const parts = line.split(" ");
  if (parts.length === 2) return `${parts[1]} = ${parts[0]}`;
  if (parts.length !== 5) return line;
  const [offset, size, kind, dims, name] = parts as [string, string, string, string, string];
  const type = all ? kind.replaceAll(":", " ") : kind.split(":").at(-1)!;
  let shape = "";
  if ((kind === "str" && dims === "-") || kind === "reserved") shape = `[${size}]`;
  else if (dims !== "-") shape = `[${dims.replace("x", "][")}]`;
  return `${name}: ${type}${shape}${all ? ` of ${size} bytes` : ""} at ${offset}`;
}
