//! Changes of schemas as people make them: a member more, less, renamed, of another type.

use toml::{Table, Value};

/// xorshift64*: the same mutants on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const SCALARS: [&str; 11] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64", "bool"];
const TYPES: [&str; 8] = ["u8", "u32", "f64", "i64", "str[4]", "u8[8]", "bytes[8]", "u16[2]"];
const KINDS: [&str; 5] = ["enum", "flags", "struct", "message", "variant"];

/// Makes one change somewhere; none if there is nothing of the kind to change.
pub(crate) fn mutate(schema: &mut Table, random: &mut Random) {
    match random.below(16) {
        0 => top(schema, random),
        1 => constants(schema, random),
        2 => rings(schema, random),
        3 => whole_type(schema, random),
        _ => {
            let kind = *random.of(&KINDS);
            let names: Vec<String> = named(schema, kind).keys().cloned().collect();
            if names.is_empty() {
                return;
            }
            let name = random.of(&names).clone();
            let types: Vec<String> = ["struct", "message"].iter().flat_map(|kind| keys(schema, kind)).collect();
            let Some(Value::Table(of)) = named(schema, kind).get_mut(&name) else { return };
            match kind {
                "enum" => numbered(of, "values", "value", random, &["name"]),
                "flags" => numbered(of, "bits", "bit", random, &["name"]),
                "variant" => cases(of, &types, random),
                _ => fields(of, &types, random),
            }
        }
    }
}

fn keys(schema: &Table, key: &str) -> Vec<String> {
    schema.get(key).and_then(Value::as_table).map(|of| of.keys().cloned().collect()).unwrap_or_default()
}

fn named<'a>(schema: &'a mut Table, key: &str) -> &'a mut Table {
    let table = schema.entry(key).or_insert_with(|| Value::Table(Table::new()));
    table.as_table_mut().expect("it is a table")
}

fn top(schema: &mut Table, random: &mut Random) {
    match random.below(5) {
        0 => drop(schema.insert("doc".into(), format!("Doc {}.", random.below(9)).into())),
        1 => drop(schema.insert("package".into(), (*random.of(&["one", "another"])).into())),
        2 => {
            let version = schema.get("version").and_then(Value::as_integer).unwrap_or(1) + 1;
            schema.insert("version".into(), version.into());
        }
        3 => {
            let python: Table = [("numpy".to_string(), Value::Boolean(random.below(2) == 0))].into_iter().collect();
            named(schema, "target").insert("python".into(), Value::Table(python));
        }
        _ => {
            let mut typescript = Table::new();
            typescript.insert("case".into(), (*random.of(&["camel", "keep"])).into());
            named(schema, "target").insert("typescript".into(), Value::Table(typescript));
        }
    }
}

fn constants(schema: &mut Table, random: &mut Random) {
    let constants = named(schema, "const");
    let names: Vec<String> = constants.keys().cloned().collect();
    match random.below(3) {
        0 if !names.is_empty() => drop(constants.remove(random.of(&names))),
        1 if !names.is_empty() => {
            let Some(Value::Table(of)) = constants.get_mut(random.of(&names)) else { return };
            of.insert("value".into(), Value::Integer(random.below(9) as i64 + 1));
        }
        _ => {
            let mut of = Table::new();
            of.insert("type".into(), "u32".into());
            of.insert("value".into(), Value::Integer(random.below(9) as i64 + 1));
            constants.insert(format!("EXTRA{}", random.below(3)), Value::Table(of));
        }
    }
}

fn rings(schema: &mut Table, random: &mut Random) {
    let messages = keys(schema, "message");
    let rings = named(schema, "ring");
    let names: Vec<String> = rings.keys().cloned().collect();
    if messages.is_empty() {
        return;
    }
    let message = Value::from(random.of(&messages).as_str());
    let ring = (!names.is_empty()).then(|| random.of(&names).clone());
    match (random.below(4), ring) {
        (0, Some(name)) => drop(rings.remove(&name)),
        (1, Some(name)) => drop(rings[&name].as_table_mut().map(|ring| ring.insert("message".into(), message))),
        (2, Some(name)) => {
            let capacity = Value::Integer(1 << random.below(10));
            drop(rings[&name].as_table_mut().map(|ring| ring.insert("capacity".into(), capacity)));
        }
        _ => {
            let mut ring = Table::new();
            ring.insert("message".into(), message);
            ring.insert("capacity".into(), Value::Integer(16));
            rings.insert(format!("more{}", random.below(3)), Value::Table(ring));
        }
    }
}

/// A type that comes, goes, or becomes another kind.
fn whole_type(schema: &mut Table, random: &mut Random) {
    let (from, to) =
        *random.of(&[("struct", "message"), ("message", "struct"), ("enum", "flags"), ("struct", "struct")]);
    let names = keys(schema, from);
    if names.is_empty() {
        return;
    }
    let name = random.of(&names).clone();
    match random.below(3) {
        0 => drop(named(schema, from).remove(&name)),
        1 => {
            let Some(mut of) = named(schema, from).remove(&name) else { return };
            if let (Some(of), "flags") = (of.as_table_mut(), to) {
                let values = of.remove("values").unwrap_or(Value::Array(Vec::new()));
                let mut bits = Vec::new();
                for (bit, mut value) in values.as_array().cloned().unwrap_or_default().into_iter().enumerate() {
                    if let Some(value) = value.as_table_mut() {
                        value.remove("value");
                        value.insert("bit".into(), Value::Integer(bit as i64));
                    }
                    bits.push(value);
                }
                of.insert("bits".into(), Value::Array(bits));
            }
            if to == "struct" {
                of.as_table_mut().map(|of| of.remove("id"));
            }
            named(schema, to).insert(name, of);
        }
        _ => {
            let Some(mut of) = named(schema, from).get(&name).cloned() else { return };
            of.as_table_mut().map(|of| of.remove("id"));
            named(schema, from).insert(format!("More{}", random.below(3)), of);
        }
    }
}

/// The values of enums, bits of flags and cases of variants.
fn numbered(of: &mut Table, list: &str, number: &str, random: &mut Random, name_keys: &[&str]) {
    if random.below(12) == 0 {
        let key = if list == "cases" { "tag" } else { "repr" };
        of.insert(key.into(), (*random.of(&["u8", "u16", "u32"])).into());
        return;
    }
    let Some(Value::Array(items)) = of.get_mut(list) else { return };
    let at = random.below(items.len());
    let to = random.below(items.len() + 1);
    match random.below(9) {
        // One more, or one in place of another.
        way @ 0..=2 => {
            let mut item = Table::new();
            item.insert("name".into(), format!("More{}", random.below(4)).into());
            item.insert(number.into(), Value::Integer(random.below(14) as i64));
            if list == "cases" {
                let Some(ty) = items.get(at).and_then(|item| item.get("type")).cloned() else { return };
                item.insert("type".into(), ty);
            }
            if way == 2 && at < items.len() {
                items.remove(at);
            }
            items.insert(to.min(items.len()), Value::Table(item));
        }
        3 if !items.is_empty() => drop(items.remove(at)),
        4 if !items.is_empty() && to < items.len() => items.swap(at, to),
        5 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            item.insert(number.into(), Value::Integer(random.below(14) as i64));
        }
        6 | 7 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            let old = name_keys.iter().find_map(|key| item.get(*key)).cloned();
            if random.below(2) == 0
                && let Some(old) = old
            {
                item.entry("was").or_insert(old);
            }
            item.insert("name".into(), format!("Renamed{}", random.below(9)).into());
        }
        _ => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            note(item, random);
        }
    }
}

fn cases(of: &mut Table, types: &[String], random: &mut Random) {
    if random.below(5) == 0 {
        let Some(Value::Array(items)) = of.get_mut("cases") else { return };
        let at = random.below(items.len());
        let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
        let name = item.get("name").or(item.get("type")).cloned();
        if let (Some(name), false) = (name, types.is_empty()) {
            item.insert("name".into(), name);
            item.insert("type".into(), random.of(types).as_str().into());
        }
        return;
    }
    numbered(of, "cases", "value", random, &["name", "type"]);
}

/// What is known of a member beside its bytes.
fn note(item: &mut Table, random: &mut Random) {
    let version = Value::Integer(random.below(9) as i64 + 1);
    match random.below(3) {
        0 => drop(item.insert("doc".into(), format!("Doc {}.", random.below(9)).into())),
        1 => drop(item.insert("since".into(), version)),
        _ => drop(item.insert("deprecated".into(), version)),
    }
}

fn size_of(ty: &str) -> Option<i64> {
    Some(match ty {
        "u8" | "i8" | "bool" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" | "f32" => 4,
        "u64" | "i64" | "f64" | "bytes[8]" | "u8[8]" => 8,
        _ => return None,
    })
}

fn field(name: &str, key: &str, value: impl Into<Value>) -> Value {
    Value::Table([("name".to_string(), name.into()), (key.to_string(), value.into())].into_iter().collect())
}

fn fields(of: &mut Table, types: &[String], random: &mut Random) {
    if random.below(14) == 0 {
        match random.below(3) {
            0 => drop(of.insert("id".into(), Value::Integer(random.below(9) as i64 + 10))),
            1 => drop(of.insert("doc".into(), format!("Doc {}.", random.below(9)).into())),
            _ => drop(of.insert("align".into(), Value::Integer(*random.of(&[8, 16, 32, 64])))),
        }
        return;
    }
    let Some(Value::Array(items)) = of.get_mut("fields") else { return };
    let at = random.below(items.len());
    let to = random.below(items.len() + 1);
    let name = format!("more{}", random.below(5));
    match random.below(17) {
        0 => items.insert(to, field(&name, "type", *random.of(&TYPES))),
        1 if !types.is_empty() => items.insert(to, field(&name, "type", random.of(types).as_str())),
        2 if !items.is_empty() => drop(items.remove(at)),
        3 if to < items.len() => items.swap(at, to),
        4 => items.insert(to, field(&format!("_{name}"), "reserved", Value::Integer(*random.of(&[1, 4, 8])))),
        // A field goes, and its bytes are kept.
        5 | 6 => {
            let Some(item) = items.get_mut(at) else { return };
            let ty = item.get("type").and_then(Value::as_str).unwrap_or_default();
            if let Some(size) = size_of(ty) {
                let key = *random.of(&["reserved", "reserved", "pad"]);
                *item = field(&format!("_{name}"), key, Value::Integer(size));
            }
        }
        // A field takes reserved bytes, from the front of them or from the end.
        7..=10 => {
            let reserved = |item: &Value| item.get("reserved").and_then(Value::as_integer);
            let Some((index, size)) = items.iter().enumerate().find_map(|(at, item)| Some((at, reserved(item)?)))
            else {
                return;
            };
            let ty = *random.of(&TYPES);
            let Some(taken) = size_of(ty).filter(|taken| *taken <= size) else { return };
            let mut new = vec![field(&name, "type", ty)];
            if size > taken {
                let rest = field(&format!("_rest{}", random.below(99)), "reserved", Value::Integer(size - taken));
                new.insert(random.below(2), rest);
            }
            items.splice(index..=index, new);
        }
        11 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            let Some(ty) = item.get("type").and_then(Value::as_str) else { return };
            let other = match ty {
                "bytes[8]" => "u8[8]",
                "u8[8]" => "bytes[8]",
                _ => *random.of(&SCALARS),
            };
            item.insert("type".into(), other.into());
        }
        12 | 13 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            let Some(old) = item.get("name").cloned() else { return };
            let is_data = item.contains_key("type");
            if is_data && random.below(2) == 0 {
                item.entry("was").or_insert(old);
            }
            item.insert("name".into(), format!("{}renamed{}", if is_data { "" } else { "_" }, random.below(9)).into());
        }
        14 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            let (key, value) = match random.below(8) {
                0 => ("null", Value::Integer(random.below(3) as i64 + 200)),
                1 => {
                    let (least, most) = (random.below(4) as i64, random.below(90) as i64 + 10);
                    ("range", Value::Array(vec![Value::Integer(least), Value::Integer(most)]))
                }
                2 => ("unit", (*random.of(&["ns", "us", "USD"])).into()),
                3 => ("epoch", (*random.of(&["unix", "boot"])).into()),
                6 => (*random.of(&["rust_name", "ts_name"]), format!("other{}", random.below(9)).into()),
                4 | 5 => ("unit", (*random.of(&["s", "EUR"])).into()),
                _ => ("ts_u64", (*random.of(&["bigint", "number"])).into()),
            };
            item.insert(key.into(), value);
        }
        15 => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            for key in ["null", "range", "since", "deprecated"] {
                item.remove(key);
            }
        }
        _ => {
            let Some(item) = items.get_mut(at).and_then(Value::as_table_mut) else { return };
            note(item, random);
        }
    }
}
