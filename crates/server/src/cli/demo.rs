//! `quantrac demo`: the demonstration ministry, loaded once into an empty record, then served.
//!
//! Its accounts and their one password are made here and nowhere else, so a ministry that was started
//! by `init` cannot have them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use store::{NewAccount, NewEvent, Store, StoreError};
use workflow::Language;

use crate::auth::password::hash;
use crate::clock::Clock;
use crate::config::Config;
use crate::serve::serve;
use crate::state::{App, open_store};

/// Stands in the data folder of a demonstration.
const MARK: &str = "clock";

/// Whether a folder holds the demonstration.
pub(super) fn is_in(data: &Path) -> bool {
    data.join(MARK).exists()
}

/// Loads what is missing, and serves.
pub(super) async fn run(config: Config, today: Option<Date>) -> Result<()> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("making {}", config.data.display()))?;
    let clock = Clock::demonstration(&config.data, today)?;
    let store = open_store(&config, clock).await?;
    match store.read().await?.setting("ministry").await?.as_deref() {
        Some("demonstration") => {}
        Some(_) => {
            bail!("a real ministry is kept here; the demonstration needs a place of its own")
        }
        None => {
            let started = Instant::now();
            load(&store).await?;
            eprintln!("the demonstration was loaded in {:.1} s", started.elapsed().as_secs_f64());
        }
    }
    let app = App::new(store, clock, &config).await?;
    serve(app, config.listen).await
}

/// Everything in one command: whoever interrupts it finds an empty record and starts again.
async fn load(store: &Store) -> Result<()> {
    let password = hash(demonstration::PASSWORD)?;
    let loaded = store.write(None, move |tx| {
        Box::pin(async move {
            say("units, indicators and templates");
            tx.define_units(&demonstration::units()).await?;
            tx.define_bodies(&demonstration::bodies()).await?;
            tx.define_indicators(&demonstration::indicators()).await?;
            tx.define_templates(&demonstration::templates()).await?;
            say("accounts");
            for account in demonstration::accounts() {
                tx.add_account(&new_account(account, &password)).await?;
            }
            tx.set_setting("ministry", "demonstration").await?;
            tx.event(NewEvent { kind: "ministry_started".into(), ..NewEvent::default() }).await?;
            Ok::<(), StoreError>(())
        })
    });
    loaded.await?;
    Ok(())
}

fn new_account(account: demonstration::Account, password: &str) -> NewAccount {
    NewAccount {
        login: account.user,
        name: account.name,
        email: Some(account.email),
        password: Some(password.to_owned()),
        lang: Language::default(),
        grants: vec![account.grant],
    }
}

fn say(what: &str) {
    eprintln!("loading {what}");
}
