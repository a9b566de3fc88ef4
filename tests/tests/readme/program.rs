use insightcloudsec::InsightCloudSec;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // From INSIGHTCLOUDSEC_URL and INSIGHTCLOUDSEC_API_KEY.
    let ics = InsightCloudSec::from_env()?;
    for name in cloud_names(&ics).await? {
        println!("{name}");
    }
    Ok(())
}

async fn cloud_names(ics: &InsightCloudSec) -> anyhow::Result<Vec<String>> {
    let clouds = match ics.v2().list_clouds().send().await {
        Ok(answer) => answer.into_inner().clouds,
        Err(error) if error.is_unauthorized() => anyhow::bail!("get another key: {error}"),
        // Names the operation, the status and what to do; never a key or a body.
        Err(error) => return Err(error.into()),
    };
    Ok(clouds.into_iter().filter_map(|cloud| cloud.name).collect())
}
