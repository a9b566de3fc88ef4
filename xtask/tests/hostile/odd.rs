//! Texts of odd characters.

/// Characters, or short texts, of every class that a tool may take offence at.
pub(crate) const ODD: [&str; 60] = [
    "\0",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\t",
    "\n",
    "\u{b}",
    "\u{c}",
    "\r",
    "\r\n",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{9b}2J",
    "\u{ad}",
    "\u{300}",
    "\u{34f}",
    "\u{61c}",
    "\u{5d0}",
    "\u{180e}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{200f}",
    "\u{2028}",
    "\u{2029}",
    "\u{202a}",
    "\u{202b}",
    "\u{202c}",
    "\u{202d}",
    "\u{202e}",
    "\u{2060}",
    "\u{2066}",
    "\u{2067}",
    "\u{2068}",
    "\u{2069}",
    "\u{e000}",
    "\u{fdd0}",
    "\u{feff}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{1f469}\u{200d}\u{1f4bb}",
    "\u{1d11e}",
    "\u{e0041}",
    "\u{10fffd}",
    "\"",
    "'",
    "\"#",
    "\\",
    "\\u{",
    "*/",
    "/*",
    "//",
    "{}",
    "{0}",
    "#",
    "```",
    "    ",
    "$x",
];

/// A text of these, in an order that seed and place decide, with the place in the middle.
pub(crate) fn text(seed: u64, place: &str) -> String {
    let own = place.bytes().fold(seed, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut random = fastrand::Rng::with_seed(own);
    let count = if seed == 0 { ODD.len() } else { 8 };
    let mut parts = ODD.to_vec();
    random.shuffle(&mut parts);
    let (before, after) = parts[..count].split_at(count / 2);
    let long = if seed.is_multiple_of(5) {
        "long ".repeat(300)
    } else {
        String::new()
    };
    format!("{}{place}{long}{}", before.concat(), after.concat())
}
