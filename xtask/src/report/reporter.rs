//! Tells runs in the form that was asked for.

use super::{Detail, Report, Subject, Summary, report};
use crate::pipeline::Output;
use crate::problem::{Problem, render};
use crate::text::json;
use serde::Serialize;
use std::io::{self, Write};

/// The form of what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

impl Form {
    /// The form that `--json` chooses.
    #[must_use]
    pub const fn json_if(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// Writes what is told to one place.
pub struct Reporter<'a> {
    /// Where it goes.
    pub out: &'a mut dyn Write,
    /// In which form.
    pub form: Form,
    /// How much of it.
    pub detail: Detail,
}

impl Reporter<'_> {
    /// An API whose client was made.
    ///
    /// # Errors
    ///
    /// This and the other methods fail only when `out` cannot be written to.
    pub fn generated(&mut self, subject: &Subject, output: &Output) -> io::Result<()> {
        match self.form {
            Form::Text => {
                let text = report(&subject.name, output, self.detail);
                self.out.write_all(text.as_bytes())
            }
            Form::Json => {
                let summary = Summary::new(subject, Some(output));
                let (changes, problems) = (&output.changes, &output.problems);
                self.object(&Report::new(summary, true, changes, problems, self.detail))
            }
        }
    }

    /// An API without a client, and why.
    ///
    /// # Errors
    ///
    /// See [`Self::generated`].
    pub fn failed(&mut self, subject: &Subject, problems: &[Problem]) -> io::Result<()> {
        match self.form {
            Form::Text => self.text(&render(problems, false)),
            Form::Json => {
                let summary = Summary::new(subject, None);
                self.object(&Report::new(summary, false, &[], problems, self.detail))
            }
        }
    }

    /// Problems that belong to no API, such as a folder that cannot be read.
    ///
    /// # Errors
    ///
    /// See [`Self::generated`].
    pub fn problems(&mut self, problems: &[Problem]) -> io::Result<()> {
        match self.form {
            Form::Text => self.text(&render(problems, false)),
            Form::Json => self.object(&serde_json::json!({ "problems": problems })),
        }
    }

    /// Words for people; programs have the same from the objects.
    ///
    /// # Errors
    ///
    /// See [`Self::generated`].
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        match self.form {
            Form::Text => self.out.write_all(text.as_bytes()),
            Form::Json => Ok(()),
        }
    }

    /// One object, on a line of its own.
    ///
    /// # Errors
    ///
    /// See [`Self::generated`].
    pub fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        writeln!(self.out, "{}", json(object)?)
    }
}
