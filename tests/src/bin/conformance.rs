//! The driver of `cargo xtask conformance`, which starts the validators and calls this.
//!
//! Arguments: the table of exceptions, then name, document and `host:port` of the validator for each API. Ends with 1
//! when something does not hold, with 2 when it cannot be tried.

use std::process::ExitCode;
use tests::conformance::exceptions::Exceptions;
use tests::conformance::{Target, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = async {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let (table, targets) = read(&arguments)?;
        run(&targets, &table, &mut std::io::stdout())
            .await
            .map_err(|error| error.to_string())
    };
    let (code, fault) = match done.await {
        Ok(true) => (0, None),
        Ok(false) => (1, None),
        Err(fault) => (2, Some(fault)),
    };
    if let Some(fault) = fault {
        use std::io::Write;
        // Nobody reads it.
        _ = writeln!(std::io::stderr(), "conformance: {fault}");
    }
    ExitCode::from(code)
}

fn read(arguments: &[String]) -> Result<(Exceptions, Vec<Target>), String> {
    let (table, targets) = arguments.split_first().ok_or("no table of exceptions")?;
    let text = std::fs::read_to_string(table).map_err(|error| format!("{table}: {error}"))?;
    let table = Exceptions::read(&text).map_err(|error| format!("{table}: {error}"))?;
    let (targets, rest) = targets.as_chunks::<3>();
    if !rest.is_empty() {
        return Err("name, document and address go together".to_owned());
    }
    let target = |[name, document, validator]: &[String; 3]| Target {
        crate_name: name.clone(),
        document: document.into(),
        validator: validator.clone(),
    };
    Ok((table, targets.iter().map(target).collect()))
}
