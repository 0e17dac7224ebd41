//! Serving until told to stop: the socket, the signals, the jobs.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::http;
use crate::state::App;

/// Listens, says `ready http://…` when it answers, and serves until TERM or INT; then lets what is under way end.
pub async fn serve(app: App, listen: SocketAddr) -> Result<()> {
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|connection| {
        // A small answer must not wait for the one before it to be confirmed.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!("nodelay: {error}");
        }
    });
    let store = app.store.clone();
    tokio::spawn(app.clone().follow_definitions());
    println!("ready http://{address}");
    axum::serve(listener, http::router(app)).with_graceful_shutdown(told_to_stop()).await?;
    store.close().await;
    Ok(())
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
