//! What happened on the demonstration's portals, sent as portals send it: by HTTP, to the doors of this very server.
//!
//! Nothing is put into the database beside them. While the demonstration is loaded a server listens on loopback under a
//! clock that is moved from evening to evening, so that events are as late as they may be and no rule about their age is
//! set aside; then the back ends send their months, and the figures follow as they do anywhere.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use demonstration::traffic::{FIRST_DAY, LAST_DAY, Told, traffic};
use futures::future::try_join_all;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use measure::PortalCode;
use measure::beacon::BATCH_EVENTS;
use measure::dossier::Day;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api::portals::PORTAL_SECRET;
use crate::beacon::front::Front;
use crate::clock::{Clock, rfc3339, time_zone};
use crate::http;
use crate::patience::Patient;
use crate::peer::Connection;
use crate::serve::PATIENCE;
use crate::state::App;

/// With which a portal of the demonstration proves itself.
pub(super) fn secret_of(portal: &PortalCode) -> String {
    format!("quantrac-demo-{portal}")
}

/// A server of the demonstration that is being loaded, and its portals.
pub(super) struct Doors {
    app: App,
    clock: Clock,
    portals: Vec<Sending>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// The server of one portal.
struct Sending {
    portal: PortalCode,
    told: Vec<Told>,
    days: Vec<Day>,
    line: SendRequest<Full<Bytes>>,
}

impl Doors {
    /// Opens them on a port of loopback that is free.
    pub(super) async fn open(app: App, clock: Clock) -> Result<Doors> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        app.beacon().await?;
        let listener = Patient::new(Front::new(listener, app.clone())?, PATIENCE);
        let service = http::router(app.clone()).into_make_service_with_connect_info::<Connection>();
        let (stop, stopped) = oneshot::channel();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async {
            // Told to, or left alone by whoever would.
            let _ = stopped.await;
        });
        let serving = tokio::spawn(serving.into_future());
        let mut portals = vec![];
        for one in traffic() {
            let line = connected(address).await?;
            portals.push(Sending { portal: one.portal, told: one.told, days: one.said, line });
        }
        Ok(Doors { app, clock, portals, stop, serving })
    }

    /// Every event from one day to another, two days at the end of the second; counted after each.
    pub(super) async fn tell(&mut self, first: Date, last: Date) -> Result<()> {
        let mut day = first;
        while day <= last {
            let second = day.saturating_add(1.day()).min(last);
            let evening = second.at(23, 58, 0, 0).to_zoned(time_zone())?.timestamp();
            self.clock.set(evening);
            let sent = self.portals.iter_mut().map(|portal| portal.tell_up_to(evening));
            try_join_all(sent).await?;
            self.app.count_what_was_taken().await?;
            day = second.saturating_add(1.day());
        }
        Ok(())
    }

    /// The days up to one, as the back ends count them, on the morning of `now`.
    pub(super) async fn send(&mut self, last: Date, now: Timestamp) -> Result<()> {
        self.clock.set(now);
        let sent = self.portals.iter_mut().map(|portal| portal.send_up_to(last));
        try_join_all(sent).await.map(drop)
    }

    /// Closes them, with everything on disk and counted.
    pub(super) async fn close(self) -> Result<()> {
        drop(self.portals);
        // Whoever serves may have ended by itself, which is said below.
        let _ = self.stop.send(());
        self.serving.await??;
        self.app.close_beacon().await;
        self.app.forget_what_is_old().await
    }
}

/// The first and the last day of events in June, and after it.
pub(super) fn in_june() -> (Date, Date) {
    (FIRST_DAY, FIRST_DAY.last_of_month())
}

/// See [`in_june`].
pub(super) fn since_july() -> (Date, Date) {
    (FIRST_DAY.last_of_month().saturating_add(1.day()), LAST_DAY)
}

async fn connected(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.context("this server does not answer")?;
    stream.set_nodelay(true)?;
    let (line, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::error!("a portal of the demonstration: {error}");
        }
    });
    Ok(line)
}

impl Sending {
    async fn tell_up_to(&mut self, moment: Timestamp) -> Result<()> {
        let until = self.told.partition_point(|one| one.at <= moment);
        let events: Vec<Value> = self.told.drain(..until).map(|one| event(&one)).collect();
        for batch in events.chunks(BATCH_EVENTS) {
            let secret = format!("Bearer {}", secret_of(&self.portal));
            let answer = self
                .post(
                    "/api/v1/events/batch",
                    (header::AUTHORIZATION.as_str(), &secret),
                    json!(batch),
                )
                .await?;
            ensure!(answer["taken"] == batch.len(), "{}: {answer}", self.portal);
        }
        Ok(())
    }

    async fn send_up_to(&mut self, last: Date) -> Result<()> {
        let mut months: HashMap<(i16, i8), Vec<Value>> = HashMap::new();
        let until = self.days.iter().position(|one| one.day > last).unwrap_or(self.days.len());
        for day in self.days.drain(..until) {
            months.entry((day.day.year(), day.day.month())).or_default().push(counted(&day));
        }
        let mut months: Vec<_> = months.into_iter().collect();
        months.sort_by_key(|(month, _)| *month);
        for (_, days) in months {
            let path = format!("/api/v1/portals/{}/dossiers", self.portal);
            let secret = secret_of(&self.portal);
            self.post(&path, (PORTAL_SECRET.as_str(), &secret), json!({ "days": days })).await?;
        }
        Ok(())
    }

    async fn post(&mut self, path: &str, proof: (&str, &str), sent: Value) -> Result<Value> {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(proof.0, proof.1)
            .body(Full::new(Bytes::from(sent.to_string())))?;
        self.line.ready().await?;
        let answer = self.line.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        ensure!(status == StatusCode::OK, "{}: {status} {text}", self.portal);
        Ok(serde_json::from_str(&text)?)
    }
}

fn event(one: &Told) -> Value {
    let mut event = json!({ "event": one.step.code(), "id": one.id, "at": rfc3339(one.at) });
    let more = [
        ("service", one.service.as_deref()),
        ("dossier", one.dossier.as_deref()),
        ("visitor", one.visitor.as_deref()),
        ("agent", one.agent),
    ];
    for (member, said) in more {
        if let Some(said) = said {
            event[member] = said.into();
        }
    }
    event
}

fn counted(day: &Day) -> Value {
    let counts = day.counts.iter().map(|one| {
        json!({
            "service": one.service.as_str(),
            "channel": one.channel.code(),
            "state": one.state.code(),
            "dossiers": one.dossiers,
        })
    });
    let mut sent = json!({ "day": day.day.to_string(), "counts": counts.collect::<Vec<_>>() });
    if let Some(users) = day.users {
        sent["users"] = users.into();
    }
    sent
}
