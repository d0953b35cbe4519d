//! Request bodies: read within a limit, then as JSON, with an answer that names the field.

use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::limits::{BODY_BYTES, FORGOTTEN_BYTES};

/// The text of a body.
#[derive(Debug)]
pub(super) struct Text(pub(super) String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let mut parts = request.into_body().into_data_stream();
        let (mut text, mut length) = (Vec::new(), 0);
        while let Some(part) = parts.next().await {
            let part = part.map_err(|_| ApiError::invalid_body())?;
            length += part.len();
            if length <= BODY_BYTES {
                text.extend_from_slice(&part);
            } else if length > BODY_BYTES + FORGOTTEN_BYTES {
                break;
            }
        }
        if length > BODY_BYTES {
            return Err(ApiError::TooLarge);
        }
        String::from_utf8(text).map(Self).map_err(|_| ApiError::invalid_body())
    }
}

/// A body that is a JSON object of this form.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Text(text) = Text::from_request(request, state).await?;
        parse(&text).map(Self)
    }
}

/// Reads a JSON object.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    // A derived reader takes an array for a struct, too.
    if !text.trim_start().starts_with('{') {
        return Err(ApiError::invalid_body());
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        if !error.inner().is_data() || path == "." {
            return ApiError::invalid_body();
        }
        let said = error.inner().to_string();
        let message = said.split(" at line ").next().unwrap_or_default().to_owned();
        ApiError::BadRequest {
            text: "Invalid request body.".to_owned(),
            fields: [(path, vec![message])].into(),
        }
    })?;
    deserializer.end().map_err(|_| ApiError::invalid_body())?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(rename = "count")]
        _count: u8,
    }

    #[test]
    fn broken_json_and_bombs_are_one_clear_error() {
        for text in ["", "{", "[]", "null", "{\"count\":1} x", "{\"count\":"] {
            assert_eq!(parse::<Form>(text).err(), Some(ApiError::invalid_body()), "{text:.20}");
        }
        assert!(parse::<Form>(&"{\"count\":".repeat(50_000)).is_err());
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (text, field) in [("{\"count\":-1}", "count"), ("{\"count\":1,\"x\":2}", "x")] {
            let Err(ApiError::BadRequest { fields, .. }) = parse::<Form>(text) else { panic!("refused") };
            assert!(fields.contains_key(field), "{fields:?}");
        }
    }
}
