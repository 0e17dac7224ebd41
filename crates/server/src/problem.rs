//! How a refusal or a failure leaves the server: RFC 9457, in the caller's language.
//!
//! A handler returns what is wrong; the sentence is written last, by [`render`], because only there
//! is the language of the caller known.

use std::ops::{Deref, DerefMut};

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use document::Lang;
use document::paper::NotRead;
use document::workbook::Unreadable;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use workflow::Language;

use crate::api::codes;
use crate::http::language_of;
use crate::words::Message;

/// The result of a handler.
pub type Answer<T> = Result<T, Problem>;

/// What is wrong; a pointer, because most answers are none.
#[derive(Clone, Debug)]
pub struct Problem(Box<Wrong>);

/// What is wrong, where, and what was perhaps meant.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// What is wrong.
    pub message: Message,
    /// Where, in what was sent.
    pub at: Option<Place>,
    /// Everything that was found, for forms and files.
    pub findings: Vec<Found>,
    /// What was perhaps meant.
    pub suggestions: Vec<String>,
    /// More members of the problem, by name.
    pub more: Vec<(&'static str, Value)>,
}

/// A place in what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// The line of a file; the first line of data is 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub row: Option<u64>,
    /// The column of a file, or the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub column: Option<String>,
    /// The cell of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cell: Option<String>,
}

/// One thing found in a file.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where.
    pub at: Place,
    /// What.
    pub message: Message,
    /// What was perhaps meant.
    pub suggestions: Vec<String>,
}

/// The JSON of a problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: the code says which problem it is.
    pub r#type: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The sentence for a person.
    pub detail: String,
    /// Stable; for programs.
    pub code: &'static str,
    /// Where it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at: Option<Place>,
    /// Everything that was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingBody>,
    /// What was perhaps meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// What belongs to this code alone.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: serde_json::Map<String, Value>,
}

/// One thing found in a form or a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingBody {
    /// The cell of a form.
    pub cell: Option<String>,
    /// The row of a form or the line of a file.
    pub row: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// `error` or `warning`.
    #[schema(value_type = codes::Severity)]
    pub severity: &'static str,
    /// Stable; for programs.
    pub code: String,
    /// The sentence for a person.
    pub text: String,
    /// Whether a comment explains it already.
    pub explained: bool,
    /// What was perhaps meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

impl Found {
    /// As it is shown.
    pub fn body(&self, language: Language) -> FindingBody {
        FindingBody {
            cell: self.at.cell.clone(),
            row: self.at.row.map(|row| row.to_string()),
            column: self.at.column.clone(),
            severity: "error",
            code: self.message.status_and_code().1.to_owned(),
            text: self.message.text(language),
            explained: false,
            suggestions: self.suggestions.clone(),
        }
    }
}

impl From<Message> for Problem {
    fn from(message: Message) -> Problem {
        Problem(Box::new(Wrong {
            message,
            at: None,
            findings: vec![],
            suggestions: vec![],
            more: vec![],
        }))
    }
}

impl Deref for Problem {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Wrong {
        &mut self.0
    }
}

/// A file that cannot be read as a workbook.
impl From<Unreadable> for Problem {
    fn from(why: Unreadable) -> Problem {
        let said = |language: Language| why.message(language.pick(Lang::Vi, Lang::En)).to_owned();
        Message::said(422, why.code(), said).into()
    }
}

/// A file that cannot be read as a report.
impl From<NotRead> for Problem {
    fn from(why: NotRead) -> Problem {
        let said = |language: Language| why.message(language.pick(Lang::Vi, Lang::En)).to_owned();
        Message::said(422, why.code(), said).into()
    }
}

/// A failure of the world: logged here, shown as "try later".
impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Problem {
        tracing::error!("{error:#}");
        Message::Internal.into()
    }
}

impl Problem {
    /// With what was perhaps meant.
    pub fn suggesting(mut self, suggestions: Vec<String>) -> Problem {
        self.suggestions = suggestions;
        self
    }

    /// In this column or parameter.
    pub fn in_column(mut self, column: impl Into<String>) -> Problem {
        self.at.get_or_insert_default().column = Some(column.into());
        self
    }

    /// In this cell.
    pub fn in_cell(mut self, cell: impl Into<String>) -> Problem {
        self.at.get_or_insert_default().cell = Some(cell.into());
        self
    }

    /// With a member of its own.
    pub fn with(mut self, name: &'static str, value: Value) -> Problem {
        self.more.push((name, value));
        self
    }

    /// As it is shown.
    pub fn body(&self, language: Language) -> ProblemBody {
        let (status, code) = self.message.status_and_code();
        let title = StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Error");
        ProblemBody {
            r#type: "about:blank",
            title: title.to_owned(),
            status,
            detail: self.message.text(language),
            code,
            at: self.at.clone(),
            findings: self.findings.iter().map(|found| found.body(language)).collect(),
            suggestions: self.suggestions.clone(),
            more: self
                .more
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }
}

/// The problem travels as an extension until [`render`] writes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, _) = self.message.status_and_code();
        let mut response = StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem of a response in the caller's language.
pub async fn render(request: Request, next: Next) -> Response {
    let asked = language_of(request.uri(), request.headers());
    let mut response = next.run(request).await;
    let language = response.extensions().get::<Language>().copied().unwrap_or(asked);
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let mut shown = (response.status(), Json(problem.body(language))).into_response();
    shown
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    shown.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            shown.headers_mut().insert(name.clone(), value.clone());
        }
    }
    shown
}
