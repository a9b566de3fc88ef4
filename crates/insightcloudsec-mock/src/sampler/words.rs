//! Texts and numbers that fit the name of a member.

use serde_json::Value;

use crate::random::Random;

const NOUNS: &[&str] = &[
    "atlas", "billing", "checkout", "delta", "edge", "falcon", "harbor", "ledger", "mercury",
    "orion", "payments", "search",
];
const STAGES: &[&str] = &["prod", "staging", "dev", "sandbox", "shared"];
const PEOPLE: &[&str] = &[
    "ada",
    "alan",
    "barbara",
    "edsger",
    "grace",
    "katherine",
    "linus",
    "margaret",
];
const REGIONS: &[&str] = &[
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
];
const KEYS: &[&str] = &["owner", "environment", "team", "cost_center", "service"];
const CLOUD_TYPES: &[&str] = &["AWS", "AZURE_ARM", "GCE", "OCI", "ALICLOUD"];
const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];

/// A two-part name such as `prod-ledger`.
pub(crate) fn name(random: &mut Random) -> String {
    format!("{}-{}", random.pick(STAGES), random.pick(NOUNS))
}

/// One lower-case word.
pub(crate) fn word(random: &mut Random) -> &'static str {
    random.pick(NOUNS)
}

/// A key of a free map.
pub(super) fn map_key(random: &mut Random) -> &'static str {
    random.pick(KEYS)
}

/// The product's usual form, `2024-03-15 17:10:08`, UTC.
pub(crate) fn timestamp(random: &mut Random) -> String {
    let (year, month, day) = (
        random.between(2023, 2024),
        random.between(1, 12),
        random.between(1, 28),
    );
    let (hour, minute, second) = (
        random.between(0, 23),
        random.between(0, 59),
        random.between(0, 59),
    );
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Forms other than the usual one, which the product uses for these members.
fn timestamp_of(random: &mut Random, name: &str) -> String {
    let usual = timestamp(random);
    match name {
        "inserted_at" | "updated_at" | "created_at" => usual.replace(' ', "T") + "Z",
        "session_expiration" => usual.replace('-', "/").replace(' ', ", ") + " UTC",
        "last_executed_date" => usual.replace(' ', "T"),
        "discovered_timestamp" => format!("{usual}.{:06}", random.between(0, 999_999)),
        _ => usual,
    }
}

pub(super) fn text(random: &mut Random, schema: &Value, name: &str) -> String {
    match schema["format"].as_str() {
        Some("x-timestamp" | "date-time") => return timestamp_of(random, name),
        Some("date") => return timestamp(random)[..10].to_owned(),
        Some("password") => return format!("made-up-{}", random.hex(24)),
        _ => {}
    }
    match schema["example"].as_str() {
        Some(example) => renumbered(random, example),
        None => clipped(by_name(random, name), schema),
    }
}

fn clipped(mut text: String, schema: &Value) -> String {
    if let Some(max) = schema["maxLength"]
        .as_u64()
        .and_then(|max| usize::try_from(max).ok())
    {
        text = text.chars().take(max).collect();
    }
    text
}

/// The example with another number in it, so that records differ: `divvyuser:42:` to `divvyuser:17:`.
fn renumbered(random: &mut Random, example: &str) -> String {
    let Some(colon) = example.find(':') else {
        return example.to_owned();
    };
    let (prefix, rest) = example.split_at(colon + 1);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return example.to_owned();
    }
    format!("{prefix}{}{}", random.between(1, 99), &rest[digits..])
}

fn by_name(random: &mut Random, name: &str) -> String {
    match name {
        "name" | "nickname" | "label" => self::name(random),
        "key" => random.pick(KEYS).to_owned(),
        "severity" => random.pick(SEVERITIES).to_owned(),
        "status" | "state" => random.pick(&["running", "available", "active"]).to_owned(),
        "instance_type" => random
            .pick(&["t3.medium", "m6i.large", "c7g.xlarge"])
            .to_owned(),
        "architecture" => random.pick(&["x86_64", "arm64"]).to_owned(),
        "platform" | "operating_system" => random.pick(&["linux", "windows"]).to_owned(),
        "cloud" | "cloud_type" | "cloud_type_id" | "supported_cloud" => {
            random.pick(CLOUD_TYPES).to_owned()
        }
        "account_id" | "account_number" => format!("{:012}", random.between(1, 999_999_999_999)),
        "resource_type" | "selected_resource_type" => "instance".to_owned(),
        "cve_id" => format!("CVE-2024-{}", random.between(1000, 49_999)),
        "start" | "start_date" => "2024-03-01".to_owned(),
        "end" | "expiration_date" => "2030-12-31".to_owned(),
        "order_by" => "name ASC".to_owned(),
        "source" => "custom".to_owned(),
        "direct_link" => format!("https://console.example/{}", random.hex(8)),
        _ => by_ending(random, name),
    }
}

fn by_ending(random: &mut Random, name: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let id = |random: &mut Random, prefix: &str| format!("{prefix}:{}:", random.between(1, 99));
    if ends(&["user_resource_id"]) {
        id(random, "divvyuser")
    } else if ends(&["group_resource_id"]) {
        format!("divvyusergroup:{}", random.between(1, 99))
    } else if ends(&["resource_id"]) {
        let region = random.pick(REGIONS);
        format!(
            "instance:{}:{region}:i-{}:",
            random.between(1, 9),
            random.hex(8)
        )
    } else if ends(&["username", "owner", "author", "creator", "approver"]) {
        random.pick(PEOPLE).to_owned()
    } else if ends(&["email", "email_address", "email_recipient"]) {
        format!("{}@example.com", random.pick(PEOPLE))
    } else if ends(&["region", "region_name"]) {
        random.pick(REGIONS).to_owned()
    } else if ends(&["zone"]) {
        format!("{}a", random.pick(REGIONS))
    } else if ends(&["arn"]) {
        format!(
            "arn:aws:iam::{:012}:role/{}",
            random.between(1, 999_999),
            self::name(random)
        )
    } else if ends(&["ip_address"]) {
        format!(
            "10.{}.{}.{}",
            random.between(0, 255),
            random.between(0, 255),
            random.between(1, 254)
        )
    } else if ends(&["cidr"]) {
        format!("10.{}.0.0/16", random.between(0, 255))
    } else if ends(&["url", "uri", "endpoint"]) {
        format!("https://{}.example/", random.pick(NOUNS))
    } else if ends(&["version"]) {
        format!("{}.{}", random.between(1, 9), random.between(0, 20))
    } else if ends(&["description", "notes", "summary", "message"]) {
        format!("About {}", self::name(random))
    } else if ends(&["_id", "id"]) {
        random.hex(12)
    } else if ends(&["name"]) {
        self::name(random)
    } else {
        random.pick(NOUNS).to_owned()
    }
}

pub(super) fn integer(random: &mut Random, schema: &Value, name: &str) -> i64 {
    let (low, high) = match name {
        "severity" | "custom_severity" => (1, 5),
        "hour" => (0, 23),
        "minute" | "second" | "minute_of_hour" | "second_of_hour" => (0, 59),
        "day_of_month" => (1, 28),
        "day_of_week" | "exclude_day" => (0, 6),
        "page" | "offset" => (1, 1),
        "limit" | "page_size" => (25, 25),
        "secure" | "status" => (0, 1),
        "key_length" => (32, 32),
        name if name.ends_with("port") => (443, 8443),
        name if name.ends_with("_id") || name == "id" => (1, 999),
        _ => (0, 50),
    };
    let low = schema["minimum"]
        .as_i64()
        .map_or(low, |minimum| low.max(minimum));
    let high = schema["maximum"]
        .as_i64()
        .map_or(high, |maximum| high.min(maximum));
    random.between(low.min(high), high)
}

pub(super) fn number(random: &mut Random, name: &str) -> f64 {
    let tenths = match name {
        "cvss_score" => random.between(0, 100),
        _ => random.between(0, 9999),
    };
    #[allow(clippy::cast_precision_loss, reason = "four digits at most")]
    let tenths = tenths as f64;
    tenths / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_follow_format_then_example_then_name() {
        let mut random = Random::labelled(1, "words");
        let mut made = |schema: Value, name: &str| text(&mut random, &schema, name);
        assert_eq!(
            made(json!({"format": "x-timestamp"}), "create_time").len(),
            19
        );
        assert!(made(json!({"format": "x-timestamp"}), "inserted_at").ends_with('Z'));
        assert!(made(json!({"format": "password"}), "api_key").starts_with("made-up-"));
        assert!(made(json!({"example": "divvyuser:42:"}), "resource_id").starts_with("divvyuser:"));
        assert_eq!(
            made(json!({"example": "000000000000"}), "account_number"),
            "000000000000"
        );
        assert!(made(json!({}), "email_address").ends_with("@example.com"));
        assert_eq!(made(json!({"maxLength": 2}), "name").len(), 2);
    }

    #[test]
    fn severities_and_bounds() {
        let mut random = Random::labelled(1, "numbers");
        for _ in 0..50 {
            assert!((1..=5).contains(&integer(&mut random, &json!({}), "severity")));
            let bounds = json!({"minimum": 100, "maximum": 10});
            assert!(
                integer(&mut random, &bounds, "count") <= 100,
                "nonsense does no harm"
            );
        }
    }
}
