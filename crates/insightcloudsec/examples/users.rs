//! Users with their last login: who has an API key, who is an administrator, and who has not been seen for long.
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

use anyhow::{Result, ensure};
use insightcloudsec::v2::types::User;
use insightcloudsec::{InsightCloudSec, Timestamp};
use std::collections::HashSet;
use std::time::SystemTime;

use common::{connect, shown, table};

/// Domain administrators of a page.
const PAGE: u64 = 100;

/// More of them than this are an error.
const MOST: usize = 100_000;

#[tokio::main]
async fn main() -> Result<()> {
    let (ics, _mock) = connect().await?;
    let me = ics.v2().get_current_user().send().await?.into_inner();
    println!(
        "As {} in organization {}.\n",
        shown(me.username),
        shown(me.organization_name)
    );
    let mut users = users(&ics).await?;
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

/// All users: those of the organization come in one answer, and domain administrators in pages of their own.
async fn users(ics: &InsightCloudSec) -> Result<Vec<User>> {
    let list = ics.v2().list_users().send().await?.into_inner();
    if let Some(total) = list
        .total_count
        .and_then(|total| usize::try_from(total).ok())
    {
        let got = list.users.len();
        ensure!(got >= total, "{got} of {total} users came");
    }
    let mut users = list.users;
    let known: HashSet<_> = users.iter().map(|user| user.resource_id.clone()).collect();
    let admins = ics.v2().list_domain_admins().items().page_size(PAGE);
    let admins = admins.all(MOST).await?;
    // Some releases have them in both lists.
    users.extend(
        admins
            .into_iter()
            .filter(|admin| !known.contains(&admin.resource_id)),
    );
    Ok(users)
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
