//! `schemas/examples`: message sets that others publish, translated by hand. Beside this file lie facts of what was
//! published, read from it by scripts; here the schemas are held against them. All that may differ is what has to: what
//! is packed on the wire is aligned here.

mod support;

use std::fs;
use std::path::Path;

use ringgen_layout::{EnumKind, Scalar};
use ringgen_schema::plan::{
    ConstantValue, Element, EnumPlan, FieldPlan, ListPart, Plan, StructPlan, TypePlan, VariantPlan,
};
use ringgen_schema::{Source, compile, upper_case};
use support::root;

fn plan(name: &str) -> Plan {
    let path = root().join(format!("schemas/examples/{name}.toml"));
    let source = Source::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    compile(&source).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// A part of a file of facts: the words of its first line, and those of the lines below it.
struct Section {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Section {
    fn kind(&self) -> &str {
        &self.head[0]
    }
}

/// The sections of a file of facts.
fn facts(name: &str) -> Vec<Section> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/examples/{name}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        match sections.last_mut() {
            Some(section) if line.starts_with(' ') => section.rows.push(words),
            _ => sections.push(Section { head: words, rows: Vec::new() }),
        }
    }
    sections
}

/// The value behind a word such as `null=255`.
fn note<'a>(row: &'a [String], name: &str) -> Option<&'a str> {
    row.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

fn number<T: std::str::FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("{word} is no number"))
}

/// The name that a published one has in a schema: `md_entry_px` for `MDEntryPx`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let is_word = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && before.is_some_and(|before| before.is_lowercase() || is_word) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn find<'a>(plan: &'a Plan, name: &str) -> &'a TypePlan {
    let found = plan.types.iter().find(|ty| ty.name() == name);
    found.unwrap_or_else(|| panic!("{} has no type {name}", plan.package))
}

fn structure<'a>(plan: &'a Plan, name: &str) -> &'a StructPlan {
    let TypePlan::Struct(of) = find(plan, name) else { panic!("{name} is no struct") };
    of
}

fn enumeration<'a>(plan: &'a Plan, name: &str) -> &'a EnumPlan {
    let TypePlan::Enum(of) = find(plan, name) else { panic!("{name} is no enum") };
    of
}

fn variant<'a>(plan: &'a Plan, name: &str) -> &'a VariantPlan {
    let TypePlan::Variant(of) = find(plan, name) else { panic!("{name} is no variant") };
    of
}

fn field<'a>(of: &'a StructPlan, name: &str) -> &'a FieldPlan {
    let found = of.fields.iter().find(|field| field.name == name);
    found.unwrap_or_else(|| panic!("{} has no field {name}", of.name))
}

/// The number that a field holds, that of an enum too.
fn scalar(plan: &Plan, field: &FieldPlan) -> Option<Scalar> {
    match field.element {
        Element::Scalar(scalar) => Some(scalar),
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => Some(of.repr),
            TypePlan::Struct(_) | TypePlan::Variant(_) => None,
        },
        _ => None,
    }
}

/// The blocks of CME, and what holds them here: a message for a root block, a struct for that of a group.
const BLOCKS: [(&str, &str); 20] = [
    ("ChannelReset4", "ChannelReset"),
    ("ChannelReset4.NoMDEntries", "ChannelReset"),
    ("SecurityStatus30", "SecurityStatus"),
    ("MDIncrementalRefreshVolume37", "Volume"),
    ("MDIncrementalRefreshVolume37.NoMDEntries", "VolumeEntry"),
    ("MDIncrementalRefreshTradeSummary42", "Trade7"),
    ("MDIncrementalRefreshTradeSummary42.NoMDEntries", "TradeEntry7"),
    ("MDIncrementalRefreshTradeSummary42.NoOrderIDEntries", "TradeOrderEntry"),
    ("MDIncrementalRefreshBook46", "Book"),
    ("MDIncrementalRefreshBook46.NoMDEntries", "BookEntry"),
    ("MDIncrementalRefreshBook46.NoOrderIDEntries", "BookOrderEntry"),
    ("MDIncrementalRefreshOrderBook47", "Order"),
    ("MDIncrementalRefreshOrderBook47.NoMDEntries", "OrderEntry"),
    ("MDIncrementalRefreshTradeSummary48", "Trade"),
    ("MDIncrementalRefreshTradeSummary48.NoMDEntries", "TradeEntry"),
    ("MDIncrementalRefreshTradeSummary48.NoOrderIDEntries", "TradeOrderEntry"),
    ("MDIncrementalRefreshDailyStatistics49", "DailyStatistics"),
    ("MDIncrementalRefreshDailyStatistics49.NoMDEntries", "DailyStatisticsEntry"),
    ("MDIncrementalRefreshLimitsBanding50", "LimitsBanding"),
    ("MDIncrementalRefreshLimitsBanding50.NoMDEntries", "LimitsBandingEntry"),
];

fn type_of_block(name: &str) -> &'static str {
    let found = BLOCKS.into_iter().find(|(block, _)| *block == name);
    found.unwrap_or_else(|| panic!("nothing holds the block {name}")).1
}

#[test]
fn blocks_of_sbe_lie_where_their_template_says() {
    let plan = plan("cme_mdp3");
    let sections = facts("cme_mdp3");
    let (mut moved, mut count) = (Vec::new(), 0);
    for section in sections.iter().filter(|section| section.kind() == "block") {
        let (name, length) = (&section.head[1], number::<u32>(&section.head[2]));
        let of = structure(&plan, type_of_block(name));
        // The one entry of this group has no struct of its own, because it is but one number.
        let base = if name == "ChannelReset4.NoMDEntries" { field(of, "appl_id").offset } else { 0 };
        for row in &section.rows {
            let field = field(of, &snake_case(&row[0]));
            let at = format!("{name}.{}, which is {}.{}", row[0], of.name, field.name);
            let (offset, primitive) = (base + number::<u32>(&row[1]), row[2].as_str());
            let align = match primitive {
                "uint8" | "char" => check_scalar(&plan, field, Scalar::U8, &at),
                "int16" => check_scalar(&plan, field, Scalar::I16, &at),
                "uint16" => check_scalar(&plan, field, Scalar::U16, &at),
                "int32" => check_scalar(&plan, field, Scalar::I32, &at),
                "uint32" => check_scalar(&plan, field, Scalar::U32, &at),
                "int64" => check_scalar(&plan, field, Scalar::I64, &at),
                "uint64" => check_scalar(&plan, field, Scalar::U64, &at),
                text => {
                    assert_eq!(format!("char[{}]", field.size), text, "{at}");
                    assert_eq!(field.element, Element::Str(field.size), "{at}");
                    1
                }
            };
            assert_eq!(field.offset, offset.next_multiple_of(align), "{at}");
            if field.offset != offset {
                moved.push(format!("{}.{}", of.name, field.name));
            }
            let null = note(row, "null").map(|null| ConstantValue::Integer(number(null)));
            assert_eq!(field.null, null, "{at}");
            assert_eq!(field.since, note(row, "since").map(number), "{at}");
            count += 1;
        }
        let entry = of.fields.iter().find(|field| field.name == "entry");
        match (name.contains('.'), entry) {
            // A block as long as CME says, so that one behind the other lies right too.
            (true, _) if base == 0 => assert_eq!(of.size, length, "{name}"),
            (true, _) => assert!(base + length <= of.size, "{name}"),
            (false, Some(entry)) => {
                let Element::Type(id) = entry.element else { panic!("the entry of {name} is no struct") };
                assert_eq!(entry.offset, length.next_multiple_of(plan.ty(id).align()), "{name}");
            }
            (false, None) => assert!(of.size >= length, "{name}"),
        }
        if !name.contains('.') {
            let template: String = name.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(of.id.map(|id| id.to_string()), Some(template), "{name}");
        }
        // And there is no field that CME has not.
        let fields = of.data_fields().filter(|field| !["entry", "appl_id"].contains(&field.name.as_str()));
        let known: Vec<String> = section.rows.iter().map(|row| snake_case(&row[0])).collect();
        if base == 0 {
            assert_eq!(fields.map(|field| field.name.clone()).collect::<Vec<_>>(), known, "{name}");
        }
    }
    assert_eq!(moved, ["TradeEntry7.md_trade_entry_id", "TradeEntry.md_trade_entry_id"], "nothing else is unaligned");
    assert!(count > 75, "{count} fields");
}

/// The alignment of a field that holds this number.
fn check_scalar(plan: &Plan, field: &FieldPlan, wanted: Scalar, at: &str) -> u32 {
    assert_eq!(scalar(plan, field), Some(wanted), "{at}");
    wanted.align()
}

#[test]
fn values_of_sbe_are_those_of_their_template() {
    let plan = plan("cme_mdp3");
    let sections = facts("cme_mdp3");
    let mut count = 0;
    for section in sections.iter().filter(|section| section.kind() != "block") {
        let of = enumeration(&plan, &section.head[1]);
        let is_set = section.kind() == "set";
        assert_eq!((of.kind == EnumKind::Flags, of.repr), (is_set, Scalar::U8), "{}", of.name);
        let whole = note(&section.head, "since");
        // Bits that are nobody's have no name here.
        let published = section.rows.iter().filter(|row| !row[0].starts_with("Reserved"));
        let published: Vec<(&str, i128, Option<u32>)> = published
            .map(|row| {
                let code: i128 = number(&row[1]);
                let value = if is_set { 1 << code } else { code };
                (row[0].as_str(), value, note(row, "since").or(whole).map(number))
            })
            .collect();
        let here: Vec<_> = of.values.iter().map(|value| (value.name.as_str(), value.value, value.since)).collect();
        assert_eq!(here, published, "{}", of.name);
        count += here.len();
    }
    assert!(count > 45, "{count} values");
    let enums = plan.types.iter().filter(|ty| matches!(ty, TypePlan::Enum(_))).count();
    assert_eq!(enums, sections.iter().filter(|section| section.kind() != "block").count(), "all are compared");
}

#[test]
fn messages_of_itch_have_every_field_of_the_wire() {
    let plan = plan("nasdaq_itch");
    let event = variant(&plan, "Event");
    assert_eq!(event.tag, Scalar::U8);
    let mut cases = event.cases.iter();
    let sections = facts("nasdaq_itch");
    for section in sections.iter().filter(|section| section.kind() == "message") {
        let [_, code, length, name] = &section.head[..] else { panic!("{:?}", section.head) };
        let of = structure(&plan, name);
        let tag = i128::from(code.as_bytes()[0]);
        assert_eq!(of.id.map(i128::from), Some(tag), "{name}");
        let case = cases.next().unwrap_or_else(|| panic!("no case for {name}"));
        assert_eq!((case.value, plan.ty(case.ty).name()), (tag, name.as_str()));

        let mut fields = of.fields.iter().filter(|field| field.element != Element::Pad);
        let mut end = 0;
        for row in &section.rows {
            let (offset, size): (u32, u32) = (number(&row[1]), number(&row[2]));
            assert_eq!(offset, end, "{name}.{}: the facts have a gap", row[0]);
            end += size;
            if row[0] == "MessageType" {
                continue;
            }
            let field = fields.next().unwrap_or_else(|| panic!("{name} has no field for {}", row[0]));
            let snake = snake_case(&row[0]);
            if field.element == Element::Reserved {
                assert_eq!((field.name.trim_start_matches('_'), field.size), (snake.as_str(), size), "{name}");
                continue;
            }
            // The time is all that becomes wider.
            let wider = if row[0] == "Timestamp" { 8 } else { size };
            assert_eq!((field.name.as_str(), field.size), (snake.as_str(), wider), "{name}");
        }
        assert_eq!(end, number::<u32>(length), "{name}");
        assert_eq!(
            fields.map(|field| field.name.as_str()).collect::<Vec<_>>(),
            [""; 0],
            "{name} has fields of its own"
        );
        // Whoever decodes finds what all have in one place.
        assert_eq!((field(of, "stock_locate").offset, field(of, "timestamp").offset), (0, 8), "{name}");
    }
    assert!(cases.next().is_none(), "every case is compared");
}

#[test]
fn codes_of_itch_are_the_letters_of_the_wire() {
    let plan = plan("nasdaq_itch");
    let sections = facts("nasdaq_itch");
    let mut compared = 0;
    for section in sections.iter().filter(|section| section.kind() == "codes") {
        let of = enumeration(&plan, &section.head[1]);
        let letter = |value: i128| char::from(u8::try_from(value).expect("a code is a byte")).to_string();
        let here: Vec<String> = of.values.iter().map(|value| letter(value.value)).collect();
        assert_eq!(here, section.head[2..], "{}", of.name);
        for value in &of.values {
            let code = letter(value.value);
            assert!(
                value.doc.is_empty() || value.doc == code || value.doc.starts_with(&format!("{code}: ")),
                "{}.{} is {code}, and its doc says {}",
                of.name,
                value.name,
                value.doc
            );
        }
        compared += 1;
    }
    assert_eq!(compared, plan.types.iter().filter(|ty| matches!(ty, TypePlan::Enum(_))).count(), "all are compared");
}

/// What ROS has as constants of messages and the schemas as enums: the message, the start of the names, the enum.
const CONSTANTS: [(&str, &str, &str); 7] = [
    ("NavSatStatus", "STATUS_", "NavSatStatusCode"),
    ("NavSatStatus", "SERVICE_", "NavSatService"),
    ("NavSatFix", "COVARIANCE_TYPE_", "CovarianceType"),
    ("BatteryState", "POWER_SUPPLY_STATUS_", "PowerSupplyStatus"),
    ("BatteryState", "POWER_SUPPLY_HEALTH_", "PowerSupplyHealth"),
    ("BatteryState", "POWER_SUPPLY_TECHNOLOGY_", "PowerSupplyTechnology"),
    ("PointField", "", "PointFieldType"),
];

#[test]
fn messages_of_ros_have_its_fields_in_order() {
    let plans = ["std_msgs", "geometry_msgs", "sensor_msgs"].map(plan);
    let mut compared = Vec::new();
    for section in facts("ros2") {
        let (package, name) = section.head[1].split_once('/').expect("a package and a name");
        let package = if package == "builtin_interfaces" { "std_msgs" } else { package };
        let plan = plans.iter().find(|plan| plan.package == package).expect("there is a schema for it");
        let of = structure(plan, name);
        let is_length = |field: &&FieldPlan| matches!(field.list, Some(ListPart::Length { .. }));
        let mut fields = of.data_fields().filter(|field| !is_length(field));
        for row in &section.rows {
            if let [constant, equals, value] = &row[..] {
                assert_eq!(equals, "=");
                check_constant(plan, name, constant, number(value));
                continue;
            }
            let [published, ty] = &row[..] else { panic!("{row:?}") };
            let field = fields.next().unwrap_or_else(|| panic!("{name} ends before {published}"));
            assert_eq!(&field.name, published, "{name}");
            check_type(plan, field, ty, &format!("{name}.{published}"));
        }
        assert!(fields.next().is_none(), "{name} has a field that ROS has not");
        compared.push(name.to_string());
    }
    for ty in plans.iter().flat_map(Plan::own_types) {
        assert!(!matches!(ty, TypePlan::Struct(_)) || compared.iter().any(|name| name == ty.name()), "{}", ty.name());
    }
}

fn check_type(plan: &Plan, field: &FieldPlan, published: &str, at: &str) {
    let (ty, length) = match published.split_once('[') {
        Some((ty, length)) => (ty, Some(length.trim_end_matches(']'))),
        None => (published, None),
    };
    let items: u32 = match field.element {
        // Its count is the product of two other fields.
        Element::Bytes => {
            assert_eq!((ty, length), ("uint8", Some("")), "{at}");
            return;
        }
        _ => field.dims.iter().product(),
    };
    let is_list = matches!(field.list, Some(ListPart::Items { .. }));
    assert_eq!(is_list, length == Some(""), "{at}");
    if !is_list {
        assert_eq!(items, length.map_or(1, number), "{at}");
    }
    let wanted = match ty {
        "bool" => Scalar::Bool,
        "uint8" => Scalar::U8,
        "int8" => Scalar::I8,
        "uint16" => Scalar::U16,
        "uint32" => Scalar::U32,
        "int32" => Scalar::I32,
        "float32" => Scalar::F32,
        "float64" => Scalar::F64,
        "string" => {
            assert!(matches!(field.element, Element::Str(_)), "{at}");
            return;
        }
        nested => {
            let Element::Type(id) = field.element else { panic!("{at} is no {nested}") };
            assert_eq!(Some(plan.ty(id).name()), nested.rsplit('/').next(), "{at}");
            return;
        }
    };
    assert_eq!(scalar(plan, field), Some(wanted), "{at}");
}

fn check_constant(plan: &Plan, message: &str, constant: &str, value: i128) {
    let starts = |(of, start, _): &&(&str, &str, &str)| *of == message && constant.starts_with(start);
    let (_, start, name) = CONSTANTS.iter().find(starts).unwrap_or_else(|| panic!("{message}.{constant}"));
    let of = enumeration(plan, name);
    let here = of.values.iter().find(|of| upper_case(&of.name) == constant[start.len()..]);
    if of.kind == EnumKind::Flags && value == 0 {
        assert!(here.is_none(), "{constant} is no bit");
        return;
    }
    assert_eq!(here.map(|of| of.value), Some(value), "{message}.{constant}");
}
