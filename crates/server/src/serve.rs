//! Serving until told to stop: the socket, the signals, the jobs.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use workflow::Language;

use crate::beacon::front::Front;
use crate::clock::local_date;
use crate::patience::Patient;
use crate::peer::Connection;
use crate::state::App;
use crate::{connect, derived, digest, follow_up, forms, http, mail, reminders};

const EVERY_HOUR: Duration = Duration::from_secs(60 * 60);
/// So long a connection may take nothing of what is written to it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The cube's checkpoint is written so often, or when writing it was a twentieth of the time.
const KEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// Listens, says `ready http://…` when it answers, and serves until TERM or INT; then lets what is under way end.
pub async fn serve(app: App, listen: SocketAddr) -> Result<()> {
    if let Err(problem) = connect::end_what_was_left(&app).await {
        tracing::error!("connectors: {}", problem.message.text(Language::English));
    }
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    app.beacon().await?;
    let listener = Front::new(listener, app.clone())?;
    let store = app.store.clone();
    tokio::spawn(app.clone().follow_definitions());
    tokio::spawn(mail::send_reminders(app.clone()));
    tokio::spawn(connect::keep_asking(app.clone()));
    see_to_duties(&app).await;
    tokio::spawn(keep_seeing_to_duties(app.clone()));
    let keeping = tokio::spawn(keep_cube(app.clone()));
    let counting = tokio::spawn(app.clone().keep_counting());
    println!("ready http://{address}");
    let router = http::router(app.clone());
    let listener = Patient::new(listener, PATIENCE);
    let service = router.into_make_service_with_connect_info::<Connection>();
    axum::serve(listener, service).with_graceful_shutdown(told_to_stop()).await?;
    keeping.abort();
    counting.abort();
    app.close_beacon().await;
    keep(&app).await;
    store.close().await;
    Ok(())
}

/// Nobody waits for the first board: the cube reads the record while nothing is asked of it, and what was read is kept
/// for the next start now and then.
async fn keep_cube(app: App) {
    app.book.sweep();
    loop {
        if let Err(error) = app.book.read_ahead(&app.store, &app.ministry()).await {
            tracing::info!("reading ahead: {error:#}");
        }
        let took = keep(&app).await;
        let _ = tokio::time::timeout(KEEP_EVERY.max(took * 20), app.book.begun_anew()).await;
    }
}

/// Writes the cube's checkpoint; says how long that took. One that cannot be written is missed at the next start only.
async fn keep(app: &App) -> Duration {
    let begun = Instant::now();
    if let Err(error) = app.book.keep(&app.store, &app.ministry()).await {
        tracing::warn!("{error:#}");
    }
    begun.elapsed()
}

/// A form is there before anyone looks for it, and whoever has not sent it hears in time; what could not be done is done
/// an hour later.
async fn see_to_duties(app: &App) {
    match forms::open_duties(app).await {
        Ok(0) => {}
        Ok(opened) => tracing::info!(opened, "forms are open for the period that has ended"),
        Err(problem) => {
            tracing::error!("opening forms: {}", problem.message.text(Language::English))
        }
    }
    match reminders::remind_of_deadlines(app).await {
        Ok(0) => {}
        Ok(reminded) => tracing::info!(reminded, "bodies are reminded of a deadline"),
        Err(problem) => tracing::error!("reminding: {}", problem.message.text(Language::English)),
    }
    match follow_up::remind_of_explanations(app).await {
        Ok(0) => {}
        Ok(reminded) => tracing::info!(reminded, "bodies are reminded of an explanation"),
        Err(problem) => {
            tracing::error!("explanations: {}", problem.message.text(Language::English))
        }
    }
    match follow_up::tell_of_connectors(app).await {
        Ok(0) => {}
        Ok(told) => tracing::warn!(told, "connectors fail or are silent"),
        Err(problem) => tracing::error!("connectors: {}", problem.message.text(Language::English)),
    }
    match derived::record(app, None, &derived::open_months(local_date(app.now()))).await {
        Ok(0) => {}
        Ok(figures) => tracing::info!(figures, "figures follow from registers and portals"),
        Err(problem) => {
            tracing::error!("what follows: {}", problem.message.text(Language::English))
        }
    }
    match digest::send_digests(app).await {
        Ok(0) => {}
        Ok(sent) => tracing::info!(sent, "people have the digest of the week"),
        Err(problem) => {
            tracing::error!("the digest: {}", problem.message.text(Language::English))
        }
    }
}

async fn keep_seeing_to_duties(app: App) {
    loop {
        tokio::time::sleep(EVERY_HOUR).await;
        see_to_duties(&app).await;
    }
}

async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
}
