//! Visitors' sessions: how they begin, how they end, and the handles that bring a browser back to one.

use std::net::IpAddr;
use std::sync::Arc;

use beckon_core::id::WidgetId;
use beckon_core::time::Timestamp;
use beckon_core::visitor::{Session, SessionEnd};
use beckon_core::widget::Widget;
use beckon_store::{NewSession, Redeemed, Redemption, StoreError};

use super::{App, to_the_end};
use crate::config::origin_of;
use crate::error::ApiError;
use crate::limits::bucket_address;
use crate::secret::{Secret, new_token, token_hash};

/// What a token is worth here.
#[derive(Debug)]
pub enum Standing {
    /// It proves this session.
    Lives(Session),
    /// Its session has ended.
    Ended(SessionEnd),
    /// It is not known here; another database may know it.
    Unknown,
}

/// A session that a browser has come into, with what proves it.
#[derive(Debug)]
pub struct OpenedSession {
    /// The session.
    pub session: Session,
    /// Proves it. It is shown once.
    pub token: Secret<String>,
    /// The handle that replaces the one used, and when it ends.
    pub handle: Secret<String>,
    /// When the handle ends unless the session is used before.
    pub handle_expires_at: Timestamp,
}

impl App {
    /// A new visitor on a widget, with the token that proves it.
    pub async fn open_session(
        &self,
        widget: WidgetId,
        ip: IpAddr,
    ) -> Result<(Secret<String>, Session), ApiError> {
        let bucket = &self.limits.sessions_per_ip;
        bucket.take(bucket_address(ip), self.now().0).map_err(ApiError::TooMany)?;
        let token = new_token();
        let new = NewSession { widget, token: token_hash(token.expose()) };
        match self.store.create_session(new).await {
            Err(StoreError::NotFound) => Err(ApiError::no_such(widget)),
            session => Ok((token, session?)),
        }
    }

    /// The session of a visitor's token.
    pub async fn session_of(&self, token: &str) -> Result<Option<Session>, StoreError> {
        self.store.session_by_token(token_hash(token)).await
    }

    /// What a visitor's token is worth on a widget. Only a server that knows the widget can say that a session ended.
    pub async fn standing_of(&self, token: &str, widget: Option<&str>) -> Result<Standing, StoreError> {
        let named = match widget.map(str::parse::<WidgetId>).transpose() {
            Ok(named) => named,
            Err(_) => return Ok(Standing::Unknown),
        };
        if let Some(session) = self.session_of(token).await? {
            let fits = named.is_none_or(|named| named == session.widget);
            return Ok(if fits { Standing::Lives(session) } else { Standing::Unknown });
        }
        if let Some(named) = named {
            match self.store.widget(named).await {
                Err(StoreError::NotFound) => return Ok(Standing::Unknown),
                widget => widget.map(drop)?,
            }
        }
        let end = self.store.session_end(token_hash(token)).await?;
        Ok(end.map_or(Standing::Unknown, Standing::Ended))
    }

    /// Ends a visitor's session: its tokens, its handles, its standing context and its sockets. Ending it again changes
    /// nothing; a token that is not known here is refused, because another database may know it.
    pub async fn end_session(
        self: &Arc<Self>,
        widget: &Widget,
        token: &str,
        ip: IpAddr,
    ) -> Result<(), ApiError> {
        self.within_session_calls(ip)?;
        match self.standing_of(token, Some(&widget.id.to_string())).await? {
            Standing::Unknown => Err(ApiError::Unauthorized(UNKNOWN_SESSION.to_owned())),
            Standing::Ended(_) => Ok(()),
            Standing::Lives(_) => {
                let (app, token) = (Arc::clone(self), token_hash(token));
                to_the_end(async move {
                    if let Some(session) = app.store.revoke_session(token).await? {
                        app.hub.revoke_visitor(&session);
                    }
                    Ok(())
                })
                .await
                .unwrap_or(Err(ApiError::OutcomeUnknown))
            }
        }
    }

    /// Gives a session a handle that the storage of this site may keep, and when it ends.
    pub async fn grant_handle(
        &self,
        widget: &Widget,
        token: &str,
        origin: &str,
        ip: IpAddr,
    ) -> Result<(Secret<String>, Timestamp), ApiError> {
        self.within_session_calls(ip)?;
        let origin = self.may_keep_handle(widget, origin)?;
        let gone = || ApiError::Gone(SESSION_ENDED.to_owned());
        let session = match self.standing_of(token, Some(&widget.id.to_string())).await? {
            Standing::Lives(session) => session,
            Standing::Ended(_) => return Err(gone()),
            Standing::Unknown => return Err(ApiError::Unauthorized(UNKNOWN_SESSION.to_owned())),
        };
        let handle = new_token();
        let granted = self.store.grant_handle(session.id, origin, token_hash(handle.expose())).await?;
        granted.map(|end| (handle, end)).ok_or_else(gone)
    }

    /// Brings a browser back to the session of a handle: a further token, and the handle's successor.
    pub async fn redeem_handle(
        self: &Arc<Self>,
        widget: &Widget,
        handle: &str,
        origin: &str,
        ip: IpAddr,
    ) -> Result<OpenedSession, ApiError> {
        self.within_session_calls(ip)?;
        let origin = self.may_keep_handle(widget, origin)?;
        let (successor, token) = (new_token(), new_token());
        let redemption = Redemption {
            widget: widget.id,
            origin,
            handle: token_hash(handle),
            successor: token_hash(successor.expose()),
            token: token_hash(token.expose()),
        };
        let app = Arc::clone(self);
        let redeemed = to_the_end(async move {
            let redeemed = app.store.redeem_handle(redemption).await?;
            if let Redeemed::Reused(session) = &redeemed {
                tracing::warn!(session = %session.id, "a visitor's session is ended: a handle was used again that had been replaced");
                app.hub.revoke_visitor(session);
            }
            Ok::<_, ApiError>(redeemed)
        });
        match redeemed.await.unwrap_or(Err(ApiError::OutcomeUnknown))? {
            Redeemed::Session(session, handle_expires_at) => {
                Ok(OpenedSession { session, token, handle: successor, handle_expires_at })
            }
            Redeemed::Reused(_) | Redeemed::Ended(_) => Err(ApiError::Gone(SESSION_ENDED.to_owned())),
            Redeemed::Unknown => Err(ApiError::Unauthorized("This handle is not known here.".to_owned())),
        }
    }

    /// The origin, if its site may keep a handle of the widget.
    fn may_keep_handle(&self, widget: &Widget, origin: &str) -> Result<String, ApiError> {
        let written = origin_of(origin).filter(|written| written == origin);
        let origin =
            written.ok_or_else(|| ApiError::field("origin", "is no origin, as https://shop.example"))?;
        if !self.may_embed(widget, &origin) {
            return Err(ApiError::Forbidden(format!(
                "Origin {origin} is not allowed for widget {}.",
                widget.id
            )));
        }
        if !widget.host_handle {
            return Err(ApiError::Forbidden(format!("Widget {} keeps no handles on sites.", widget.id)));
        }
        Ok(origin)
    }

    fn within_session_calls(&self, ip: IpAddr) -> Result<(), ApiError> {
        let bucket = &self.limits.session_calls_per_ip;
        bucket.take(bucket_address(ip), self.now().0).map_err(ApiError::TooMany)
    }
}

const UNKNOWN_SESSION: &str = "This session is not known here.";
const SESSION_ENDED: &str = "This session has ended.";
