//! Serves a mock until Ctrl-C: `insightcloudsec-mock [--port N] [--seed N] [--fault-rate SHARE]`.

use std::io::Write;
use std::process::ExitCode;

use insightcloudsec_mock::{Faults, Mock};

const USAGE: &str = "usage: insightcloudsec-mock [--port N] [--seed N] [--fault-rate SHARE]

Serves a mock of the InsightCloudSec API on the loopback interface until Ctrl-C.

  --port N            port to listen on; default 0, any free one
  --seed N            what the made-up data and the faults depend on; default 1
  --fault-rate SHARE  share of requests that fail, from 0 to 1; default 0
";

#[derive(Default)]
struct Options {
    port: u16,
    seed: Option<u64>,
    fault_rate: Option<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|one| one == "--help" || one == "-h") {
        return finish(write_out(USAGE));
    }
    match read(&arguments) {
        Ok(options) => finish(serve(&options).await),
        Err(problem) => {
            let _ = write!(std::io::stderr(), "{problem}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn finish(outcome: Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::FAILURE
}

fn read(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("`{}` needs a value", pair.concat()));
        };
        let number = || format!("`{value}` is not a number that {name} takes");
        match name.as_str() {
            "--port" => options.port = value.parse().map_err(|_| number())?,
            "--seed" => options.seed = Some(value.parse().map_err(|_| number())?),
            "--fault-rate" => {
                let rate = value.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
                options.fault_rate = Some(rate.ok_or_else(number)?);
            }
            _ => return Err(format!("`{name}` is not an option")),
        }
    }
    Ok(options)
}

/// The credentials are made up for this process; nothing else accepts them.
async fn serve(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let seed = options.seed.unwrap_or(1);
    let builder = Mock::builder().port(options.port).seed(seed);
    let mock = builder.start().await?;
    // Nobody is there to look at them.
    mock.keep_requests(0);
    if let Some(rate) = options.fault_rate {
        mock.faults(Faults::seeded(seed).rate(rate));
    }
    write_out(&format!(
        "url       {}\napi key   {}\nuser      {}\npassword  {}\n",
        mock.url(),
        mock.api_key(),
        mock.username(),
        mock.password(),
    ))?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn write_out(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
