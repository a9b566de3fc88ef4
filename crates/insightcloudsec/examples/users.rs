//! Who has an API key, who is an administrator, and who has not been seen for long.
//!
//! ```sh
//! cargo run --example users
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod common;

use anyhow::Result;
use insightcloudsec::Timestamp;
use insightcloudsec::v2::types::User;
use std::time::SystemTime;

use common::{connect, shown, table};

#[tokio::main]
async fn main() -> Result<()> {
    let (ics, _mock) = connect().await?;
    let me = ics.v2().get_current_user().send().await?.into_inner();
    println!(
        "As {} in organization {}.\n",
        shown(me.username),
        shown(me.organization_name)
    );
    let mut users = ics.v2().list_users().send().await?.into_inner().users;
    // Users who never logged in come first.
    users.sort_by_key(|user| instant(user.last_login_time.as_ref()));

    let mut table = table(&["user", "level", "key", "key last used", "last login"]);
    for user in &users {
        table.add_row([
            shown(user.username.as_ref()),
            level(user).to_owned(),
            if has_key(user) { "yes" } else { "no" }.to_owned(),
            minute(user.api_key_last_used.as_ref()),
            minute(user.last_login_time.as_ref()),
        ]);
    }
    let keys = users.iter().filter(|user| has_key(user)).count();
    println!("{} users, {keys} with a key\n{table}", users.len());
    Ok(())
}

/// The point in time; none where there is no date, or none that can be read.
fn instant(time: Option<&Timestamp>) -> Option<SystemTime> {
    time?.to_system_time().ok()?
}

/// A time without its seconds; it comes in several forms, whose first sixteen letters are alike.
fn minute(time: Option<&Timestamp>) -> String {
    let text = time.map(Timestamp::as_str);
    shown(text.map(|text| text.get(..16).unwrap_or(text).replace('T', " ")))
}

fn has_key(user: &User) -> bool {
    user.active_api_key_present.unwrap_or_default()
}

fn level(user: &User) -> &'static str {
    if user.domain_admin.unwrap_or_default() {
        "domain admin"
    } else if user.organization_admin.unwrap_or_default() {
        "organization admin"
    } else if user.domain_viewer.unwrap_or_default() {
        "domain viewer"
    } else {
        "basic user"
    }
}
