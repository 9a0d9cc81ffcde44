// Prints what V8 makes of the generated modules: `node facts.js QUESTION`. See tests/hosts.rs.
import { readFileSync } from "node:fs";

interface Leaf {
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly kind: string;
  readonly offset: number;
  readonly bytes: readonly number[];
}

interface Type {
  readonly name: string;
  readonly size: number;
  readonly is_message: boolean;
  readonly fields: readonly Field[];
  readonly cases: readonly (readonly [string, string])[];
  readonly leaves: readonly Leaf[];
}

interface Field {
  readonly name: string;
  readonly property: string;
  readonly is_property: boolean;
}

interface Package {
  readonly name: string;
  readonly types: readonly Type[];
  readonly enums: readonly { readonly name: string; readonly values: readonly (readonly [string, string])[] }[];
  readonly constants: readonly (readonly [string, boolean])[];
  readonly rings: readonly string[];
}

type Members = Record<string | number, unknown>;

/** What a generated module says of a struct or message. */
interface Layout {
  readonly SIZE: number;
  readonly ALIGN: number;
  readonly VERSION: number;
  readonly LAYOUT_HASH: string;
  readonly SCHEMA_HASH: string;
  readonly SCHEMA: string;
  zero(): Members;
  encode(value: Members): Uint8Array;
  decode(bytes: Uint8Array): Members;
  reader(source: DataView, at: number): Members;
  view(source: DataView, at: number): Members;
}

interface Place {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const lines: string[] = [];
/** What setters made of the first value that they got. */
const told = new Map<string, string>();

function tell(witness: string, key: string, value: unknown): void {
  lines.push(`${witness}\t${key}\t${String(value)}`);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A value as facts have it. */
function written(value: unknown, kind: string): string {
  switch (kind) {
    case "f32":
    case "f64": {
      if (typeof value !== "number") throw new TypeError(`${String(value)} is no number`);
      const bytes = new DataView(new ArrayBuffer(kind === "f32" ? 4 : 8));
      kind === "f32" ? bytes.setFloat32(0, value) : bytes.setFloat64(0, value);
      return hex(new Uint8Array(bytes.buffer));
    }
    case "bytes":
      if (!(value instanceof Uint8Array)) throw new TypeError(`${String(value)} are no bytes`);
      return hex(value);
    case "bool":
      if (typeof value !== "boolean") throw new TypeError(`${String(value)} is no boolean`);
      return String(value);
    case "text":
      if (typeof value !== "string") throw new TypeError(`${String(value)} is no string`);
      return value;
    default:
      if (typeof value !== "number" && typeof value !== "bigint") throw new TypeError(`${String(value)} is no integer`);
      return String(value);
  }
}

function layout(key: string, type: Layout, places: readonly Place[], of: Type): void {
  tell("V8", `size ${key}`, type.SIZE);
  tell("V8", `align ${key}`, type.ALIGN);
  for (const place of places) tell("V8", `field ${key}.${place.name}`, `${place.offset} ${place.size}`);
  tell("V8", `layout_hash ${key}`, type.LAYOUT_HASH);
  if (!of.is_message) return;
  tell("V8", `schema_hash ${key}`, type.SCHEMA_HASH);
  tell("V8", `schema_text ${key}`, type.SCHEMA.replaceAll("\n", "⏎"));
  tell("V8", `version ${key}`, type.VERSION);
}

function accessors(key: string, type: Layout, of: Type): void {
  // Not at the start of a buffer, so that an accessor that forgets where it is reads something else.
  const start = 128;
  const bytes = new Uint8Array(start + of.size);
  for (const leaf of of.leaves) bytes.set(leaf.bytes, start + leaf.offset);
  const data = new DataView(bytes.buffer, 64);
  const full: [string, Members][] = [
    ["V8 by readers", type.reader(data, start - 64)],
    ["V8 by views", type.view(data, start - 64)],
    ["V8 by objects", type.decode(bytes.subarray(start))],
  ];
  for (const [witness, members] of full) {
    for (const leaf of of.leaves) {
      if (leaf.kind === "hidden") continue;
      const value = leaf.path.reduce<unknown>((value, step) => (value as Members)[step], members);
      tell(witness, `read ${key}.${leaf.name}`, written(value, leaf.kind));
    }
  }
  for (const [witness, members] of full) {
    for (const field of of.fields) {
      if (!field.is_property) continue;
      const target = new Uint8Array(of.size);
      type.view(new DataView(target.buffer), 0)[field.property] = members[field.property];
      if (witness === full[0]![0]) tell("V8 by setters", `write ${key}.${field.name}`, hex(target));
      else if (hex(target) !== told.get(`${key}.${field.name}`)) throw new Error(`${key}.${field.name} of ${witness}`);
      told.set(`${key}.${field.name}`, hex(target));
    }
  }
  tell("V8 by encoding", `encode ${key}`, hex(type.encode(type.decode(bytes.subarray(start)))));
}

function names(module: Members, of: Package): void {
  for (const { name, values } of of.enums) {
    for (const [value, property] of values) {
      tell("V8", `value ${of.name}.${name}.${value}`, written((module[name] as Members)[property], "integer"));
    }
  }
  for (const [name, isFloat] of of.constants) {
    const value = module[name];
    tell("V8", `constant ${of.name}.${name}`, isFloat ? written(value, "f64") : String(value));
  }
  for (const name of of.rings) {
    const ring = module[name] as Members;
    tell("V8", `ring ${of.name}.${name}`, `${ring["NAME"]} ${ring["CAPACITY"]} ${ring["KIND"]} ${ring["WAIT"]}`);
  }
}

const question = process.argv[2];
if (question === undefined) throw new Error("facts.js QUESTION");
for (const of of JSON.parse(readFileSync(question, "utf8")) as Package[]) {
  const module = (await import(`./${of.name}.js`)) as Members;
  for (const asked of of.types) {
    const type = module[asked.name] as Layout;
    const key = `${of.name}.${asked.name}`;
    const places = Object.values(module[`${asked.name}Fields`] as Record<string, Place>);
    layout(key, type, asked.cases.length > 0 ? places.filter(({ name }) => !name.startsWith("_pad")) : places, asked);
    for (const [name, property] of asked.cases) {
      tell("V8", `value ${key}.${name}`, (module[`${asked.name}Tag`] as Members)[property]);
    }
    accessors(key, type, asked);
  }
  names(module, of);
}
process.stdout.write(lines.join("\n") + "\n");
