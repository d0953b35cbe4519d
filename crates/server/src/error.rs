//! What can go wrong, its one form on HTTP (the contract's error envelope) and its one form on a socket.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use beckon_core::command::Refusal;
use beckon_core::frame::FrameError;
use beckon_core::frame::server::{RejectCode, Rejected, Retry};
use beckon_core::text::TextError;
use beckon_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Rejection;
use crate::limits::{BODY_BYTES, Exceeded};

/// The header that makes a request safe to send again.
pub const KEY_HEADER: &str = "Idempotency-Key";

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The request says something that cannot be. The texts name the field and the limit.
    BadRequest {
        /// Sentence for a person.
        text: String,
        /// Messages by field, when a field is to blame.
        fields: BTreeMap<String, Vec<String>>,
    },
    /// No valid credentials.
    Unauthorized(String),
    /// Valid credentials, or none needed, but not allowed.
    Forbidden(String),
    /// Asked at an address that is not this server's.
    WrongAddress(String),
    /// Unknown to this caller: foreign things look the same.
    NotFound(String),
    /// It was there, and has ended for good.
    Gone(String),
    /// The path does not know this method.
    MethodNotAllowed,
    /// The `Idempotency-Key` came before with another request.
    KeyReused,
    /// The first request with this `Idempotency-Key` has no answer yet.
    InFlight,
    /// The body is larger than is read.
    TooLarge,
    /// Too many requests.
    TooMany(Exceeded),
    /// The storage cannot take writes now; nothing was stored.
    StorageUnavailable,
    /// What was asked for took too long to read and was given up; the storage is well.
    TookTooLong,
    /// Nobody knows whether it was stored; the same request again, with the same client id, tells.
    OutcomeUnknown,
    /// A defect of this server.
    Internal,
}

impl ApiError {
    /// A refusal without a field.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self::BadRequest { text: text.into(), fields: BTreeMap::new() }
    }

    /// A refusal of one field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::fields([(field, message.into())])
    }

    /// A refusal of several fields.
    pub fn fields<'a>(messages: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for (field, message) in messages {
            fields.entry(field.to_owned()).or_default().push(message);
        }
        Self::BadRequest { text: "Bad request".to_owned(), fields }
    }

    /// The body could not be read as what the endpoint takes.
    pub fn invalid_body() -> Self {
        Self::bad_request("Invalid request body.")
    }

    /// The contract's answer for an id that leads nowhere, or to something of somebody else.
    pub fn no_such(id: impl std::fmt::Display) -> Self {
        Self::NotFound(format!("Invalid id '{id}' given! No such entity exists."))
    }

    /// The contract's answer for valid credentials that are not enough.
    pub fn forbidden() -> Self {
        Self::Forbidden("Forbidden".to_owned())
    }

    /// No or wrong credentials, without saying which.
    pub fn unauthorized() -> Self {
        Self::Unauthorized("Unauthorized".to_owned())
    }

    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest { .. } => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::Unauthorized(_) => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "FORBIDDEN"),
            Self::WrongAddress(_) => (StatusCode::MISDIRECTED_REQUEST, "MISDIRECTED_REQUEST"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::Gone(_) => (StatusCode::GONE, "GONE"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::KeyReused | Self::InFlight => (StatusCode::CONFLICT, "CONFLICT"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BAD_REQUEST"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
            Self::StorageUnavailable | Self::TookTooLong | Self::OutcomeUnknown => {
                (StatusCode::SERVICE_UNAVAILABLE, "GENERAL_ERROR")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "GENERAL_ERROR"),
        }
    }

    fn text(self) -> (String, BTreeMap<String, Vec<String>>) {
        let text = match self {
            Self::BadRequest { text, fields } => return (text, fields),
            Self::Unauthorized(text)
            | Self::Forbidden(text)
            | Self::WrongAddress(text)
            | Self::NotFound(text)
            | Self::Gone(text) => text,
            Self::MethodNotAllowed => "This method is not allowed here.".to_owned(),
            Self::KeyReused => {
                let message = "was used for another request; make a new one for each request";
                return ("Conflict".to_owned(), blame(KEY_HEADER, message));
            }
            Self::InFlight => {
                let message = "belongs to a request that is still being processed; try again";
                return ("Conflict".to_owned(), blame(KEY_HEADER, message));
            }
            Self::TooLarge => format!("The request body is larger than {BODY_BYTES} bytes."),
            Self::TooMany(_) => "Too many requests".to_owned(),
            Self::StorageUnavailable => {
                "The storage takes no writes at the moment. Nothing was stored; try again.".to_owned()
            }
            Self::TookTooLong => "Reading this took too long. Try again later, or ask for less.".to_owned(),
            Self::OutcomeUnknown => {
                "The outcome is unknown: the write may have been saved. Send it again with the same \
                 Idempotency-Key, or check before retrying."
                    .to_owned()
            }
            Self::Internal => "Something went wrong. Please contact support.".to_owned(),
        };
        (text, BTreeMap::new())
    }
}

fn blame(field: &str, message: &str) -> BTreeMap<String, Vec<String>> {
    [(field.to_owned(), vec![message.to_owned()])].into()
}

/// Every error body.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    request_error: RequestError,
}

/// The envelope's inner part.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestError {
    service_exception: ServiceException,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceException {
    /// Stable code.
    #[schema(example = "NOT_FOUND")]
    message_id: &'static str,
    /// Sentence for a person.
    text: String,
    /// Messages by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    validation_errors: BTreeMap<String, Vec<String>>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, message_id) = self.status();
        let retry_after = match &self {
            Self::TooMany(exceeded) => Some(exceeded.after_ms.div_ceil(1000)),
            Self::InFlight | Self::StorageUnavailable | Self::TookTooLong | Self::OutcomeUnknown => Some(1),
            _ => None,
        };
        let (text, validation_errors) = self.text();
        let service_exception = ServiceException { message_id, text, validation_errors };
        let body = ErrorBody { request_error: RequestError { service_exception } };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound("Not found".to_owned()),
            StoreError::Refused(refusal) => Self::from(refusal),
            StoreError::Exists(what) => Self::bad_request(format!("{what} exists already")),
            StoreError::Unavailable(reason) => {
                tracing::error!(%reason, "the storage takes no writes");
                Self::StorageUnavailable
            }
            StoreError::TookTooLong => {
                tracing::warn!("a read took too long and was cut short");
                Self::TookTooLong
            }
            StoreError::Unknown => Self::OutcomeUnknown,
            StoreError::Damaged(reason) => {
                tracing::error!(%reason, "stored data is damaged");
                Self::Internal
            }
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::NotFound => Self::NotFound("Not found".to_owned()),
            Refusal::Forbidden | Refusal::SharedReply | Refusal::Taken(_) => Self::Forbidden(text),
            Refusal::Context(_) | Refusal::TooManyConversations(_) => Self::field("metadata", text),
            Refusal::ClientIdReused => Self::field("clientId", text),
            Refusal::KeyReused => Self::KeyReused,
            Refusal::Closed
            | Refusal::AgentRequired
            | Refusal::InvalidAgent(_)
            | Refusal::InvalidQueue(_)
            | Refusal::InvalidVisitor(_)
            | Refusal::NoWidget
            | Refusal::TooMany { .. }
            | Refusal::LastAdministrator
            | Refusal::AlreadyOpen => Self::bad_request(text),
        }
    }
}

/// Time before another try, in ms, when the storage takes no writes: full disks and locks pass.
const UNAVAILABLE_AFTER_MS: u64 = 1000;
/// Time before another try, in ms, when stored data cannot be read: somebody has to look first.
const DAMAGED_AFTER_MS: u64 = 60_000;
const UNAVAILABLE: &str = "the storage takes no writes at the moment; nothing was stored";
const TOOK_TOO_LONG: &str = "reading took too long; try again later";
const DAMAGED: &str = "stored data cannot be read; nothing was stored, and the server's operator has to look";

/// Why a socket's write was not done, as the frame that says so.
pub fn rejected(request: Option<u64>, rejection: Rejection) -> Rejected {
    let mut answer = Rejected {
        request,
        code: RejectCode::BadRequest,
        message: String::new(),
        field: None,
        limit: None,
        conversation: None,
        retry: Retry::Never,
        after_ms: None,
    };
    match rejection {
        Rejection::Field { field, message } => {
            answer.message = format!("{field} {message}");
            answer.field = Some(field.to_owned());
        }
        Rejection::Text(error) => {
            answer.message = format!("text {error}");
            answer.field = Some("message.text".to_owned());
            answer.code = match error {
                TextError::TooLong { limit, .. } => {
                    answer.limit = u64::try_from(limit).ok();
                    RejectCode::TooLong
                }
                TextError::Blank => RejectCode::Blank,
                TextError::NotAnEmail => RejectCode::BadRequest,
            };
        }
        Rejection::Context(error) => {
            answer.message = error.to_string();
            answer.field = Some("metadata".to_owned());
            answer.limit = error.limit().and_then(|limit| u64::try_from(limit).ok());
            answer.code =
                if answer.limit.is_some() { RejectCode::MetadataLimit } else { RejectCode::MetadataInvalid };
        }
        Rejection::UnknownStrategy => {
            answer.message = "strategy must be ACTIVE, ALL or ALL_PLUS_NEW".to_owned();
            answer.field = Some("strategy".to_owned());
            answer.code = RejectCode::UnknownStrategy;
        }
        Rejection::Exceeded(exceeded) => {
            answer.message = format!("too fast; try again in {} ms", exceeded.after_ms);
            answer.code = RejectCode::RateLimited;
            answer.retry = Retry::Later;
            answer.after_ms = Some(exceeded.after_ms);
        }
        Rejection::Store(error) => {
            answer.message = error.to_string();
            (answer.code, answer.retry) = store_code(&error);
            if error == StoreError::TookTooLong {
                tracing::warn!("a read took too long and was cut short");
                answer.message = TOOK_TOO_LONG.to_owned();
                answer.after_ms = Some(UNAVAILABLE_AFTER_MS);
            } else if answer.code == RejectCode::StorageUnavailable {
                tracing::error!(%error, "a write was not stored");
                // What the storage says is for the log.
                let (message, after_ms) = match error {
                    StoreError::Damaged(_) => (DAMAGED, DAMAGED_AFTER_MS),
                    _ => (UNAVAILABLE, UNAVAILABLE_AFTER_MS),
                };
                answer.message = message.to_owned();
                answer.after_ms = Some(after_ms);
            }
        }
    }
    answer
}

/// A frame that was not understood, as the frame that says so.
pub fn rejected_frame(error: FrameError) -> Rejected {
    let (request, field, code) = match &error {
        FrameError::Broken => (None, None, RejectCode::BadRequest),
        FrameError::UnknownType { request, .. } => (*request, None, RejectCode::UnknownType),
        FrameError::Invalid { request, field, .. } => (*request, field.clone(), RejectCode::BadRequest),
    };
    let message = match &field {
        Some(field) => format!("{field}: {error}"),
        None => error.to_string(),
    };
    Rejected {
        request,
        code,
        message,
        field,
        limit: None,
        conversation: None,
        retry: Retry::Never,
        after_ms: None,
    }
}

fn store_code(error: &StoreError) -> (RejectCode, Retry) {
    match error {
        StoreError::NotFound => (RejectCode::NotFound, Retry::Never),
        StoreError::Unavailable(_) | StoreError::TookTooLong | StoreError::Damaged(_) => {
            (RejectCode::StorageUnavailable, Retry::Later)
        }
        StoreError::Unknown => (RejectCode::Unknown, Retry::Same),
        StoreError::Exists(_) => (RejectCode::BadRequest, Retry::Never),
        StoreError::Refused(refusal) => {
            let code = match refusal {
                Refusal::NotFound => RejectCode::NotFound,
                Refusal::Closed => RejectCode::Closed,
                Refusal::ClientIdReused | Refusal::KeyReused => RejectCode::ClientIdReused,
                Refusal::Forbidden | Refusal::SharedReply => RejectCode::Forbidden,
                Refusal::Taken(_) => RejectCode::Taken,
                Refusal::Context(_) => RejectCode::MetadataInvalid,
                Refusal::TooManyConversations(_)
                | Refusal::AgentRequired
                | Refusal::InvalidAgent(_)
                | Refusal::InvalidQueue(_)
                | Refusal::InvalidVisitor(_)
                | Refusal::NoWidget
                | Refusal::TooMany { .. }
                | Refusal::LastAdministrator
                | Refusal::AlreadyOpen => RejectCode::BadRequest,
            };
            (code, Retry::Never)
        }
    }
}
