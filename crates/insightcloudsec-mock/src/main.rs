//! Serves a mock until Ctrl-C: `insightcloudsec-mock [--port N] [--seed N]`.

use std::io::Write;
use std::process::ExitCode;

use insightcloudsec_mock::{Mock, MockBuilder};

const USAGE: &str = "usage: insightcloudsec-mock [--port N] [--seed N]

Serves a mock of the InsightCloudSec API on the loopback interface until Ctrl-C.

  --port N  port to listen on; default 0, any free one
  --seed N  what the made-up data depend on; default 1
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|one| one == "--help" || one == "-h") {
        return finish(write_out(USAGE));
    }
    match read(&arguments) {
        Ok(builder) => finish(serve(builder).await),
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

fn read(arguments: &[String]) -> Result<MockBuilder, String> {
    let mut builder = Mock::builder();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("`{}` needs a value", pair.concat()));
        };
        let number = || format!("`{value}` is not a number that {name} takes");
        builder = match name.as_str() {
            "--port" => builder.port(value.parse().map_err(|_| number())?),
            "--seed" => builder.seed(value.parse().map_err(|_| number())?),
            _ => return Err(format!("`{name}` is not an option")),
        };
    }
    Ok(builder)
}

/// The credentials are made up for this process; nothing else accepts them.
async fn serve(builder: MockBuilder) -> Result<(), Box<dyn std::error::Error>> {
    let mock = builder.start().await?;
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
