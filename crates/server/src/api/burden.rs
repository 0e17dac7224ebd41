//! The burden page: what is asked of each body in a year, before and now, and the inventory that says what was before.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use model::{Body, BodyCode, Breakdown, Decimal, IndicatorCode, Period, Unit, UnitCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Event, EventFilter, Inventory, NewEvent, StaleInventory, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::ask_once::{self, Measured};
use workflow::burden::{self, Account, Burden, Duty, KEYS_A_FIGURE, Load};
use workflow::{Language, Permission, Row, Template, may};

use super::audit::harmless;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::{local_date, rfc3339};
use crate::http::{Params, Sent, written};
use crate::inventory::{self, Read};
use crate::problem::{Answer, FindingBody, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most bytes of an inventory.
const FILE: usize = 8 << 20;
/// So many overrides are looked back for.
const MOST_OVERRIDES: u32 = 500;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let manage = Needs::Permission(Permission::ManageTemplates);
    endpoints
        .add(Needs::ByContent(&["see_burden"]), routes!(burdens))
        .add(Needs::ByContent(&["see_burden"]), routes!(burdens_csv))
        .add(Needs::ByContent(&["see_burden"]), routes!(burden_of_body))
        .add_large(manage.clone(), FILE, routes!(duty_inventory, import_inventory))
        .add(manage, routes!(inventory_csv))
}

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct YearAsked {
    /// The calendar year; this one when left out.
    year: Option<i16>,
}

/// What is asked for in a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadBody {
    /// Different reports or forms.
    forms: u64,
    /// How often one is sent.
    reports: u64,
    /// Cells to fill.
    cells: u64,
    /// Numbers that somebody types.
    keyed: u64,
    /// Keys that are pressed for them, at `keys_a_figure` each.
    keystrokes: u64,
    /// How often each number is typed; null when nobody has counted, or nothing is typed.
    keyings_a_figure: Option<String>,
}

impl From<Load> for LoadBody {
    fn from(load: Load) -> LoadBody {
        LoadBody {
            forms: load.forms,
            reports: load.reports,
            cells: load.cells,
            keyed: load.keyed,
            keystrokes: load.keystrokes(),
            keyings_a_figure: load.keyings_a_figure().map(|number| number.to_string()),
        }
    }
}

/// Before and now, of one body or of several.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BurdenBody {
    /// What was asked before; null where the inventory names no duty.
    before: Option<LoadBody>,
    /// What is asked now, all of it.
    now: LoadBody,
    /// Duties that a form has taken the place of.
    replaced: Option<LoadBody>,
    /// The forms that took their place.
    instead: LoadBody,
    /// The other forms.
    beside: LoadBody,
    /// Duties that are asked for by themselves, before and now.
    kept: Option<LoadBody>,
}

impl From<Burden> for BurdenBody {
    fn from(burden: Burden) -> BurdenBody {
        BurdenBody {
            before: burden.before().map(LoadBody::from),
            now: burden.now().into(),
            replaced: burden.replaced.map(LoadBody::from),
            instead: burden.instead.into(),
            beside: burden.beside.into(),
            kept: burden.kept.map(LoadBody::from),
        }
    }
}

/// One body's line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BodyBurden {
    body: String,
    name_vi: String,
    name_en: String,
    #[serde(flatten)]
    burden: BurdenBody,
}

/// The duties that forms have taken the place of, against those forms: the same bodies on both sides.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseBody {
    /// How many bodies.
    bodies: u64,
    /// Reports a year of all of them, before.
    replaced: u64,
    /// Reports a year of all of them, now.
    instead: u64,
    /// Reports a year of each, before; to one decimal.
    #[schema(example = "127")]
    replaced_each: String,
    /// Reports a year of each, now; to one decimal.
    #[schema(example = "12")]
    instead_each: String,
    /// How many times fewer; to one decimal.
    #[schema(example = "10.6")]
    times_fewer: String,
}

/// The inventory that says what was before.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InventoryAbout {
    version: u32,
    at: String,
    /// Who imported it; null of the one that came with the demonstration.
    by: Option<String>,
    duties: u32,
    /// How many of them were made up by a rule.
    synthetic: u32,
    /// Where it is said that there are such duties, each once.
    sources: Vec<String>,
}

impl From<&Inventory> for InventoryAbout {
    fn from(inventory: &Inventory) -> InventoryAbout {
        let mut sources: Vec<String> = vec![];
        for duty in inventory.duties.iter().filter(|duty| !duty.source.is_empty()) {
            if !sources.contains(&duty.source) {
                sources.push(duty.source.clone());
            }
        }
        InventoryAbout {
            version: inventory.version,
            at: rfc3339(inventory.at),
            by: Some(inventory.by_name.clone()).filter(|name| !name.is_empty()),
            duties: inventory.duties.len() as u32,
            synthetic: inventory.duties.iter().filter(|duty| duty.is_synthetic).count() as u32,
            sources,
        }
    }
}

/// A number that is asked for though the ministry has it, with the reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverrideBody {
    at: String,
    by: Option<String>,
    template: String,
    version: u32,
    template_name_vi: String,
    template_name_en: String,
    reason: String,
    rows: Vec<AgainBody>,
}

/// One such number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgainBody {
    indicator: String,
    breakdown: Option<String>,
    name_vi: String,
    name_en: String,
    /// How the ministry has it.
    #[schema(value_type = codes::AlreadyBy)]
    how: String,
    /// The forms that ask for it already; of what is measured, none.
    places: Vec<AskedIn>,
    bodies: u32,
}

/// A version of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskedIn {
    template: String,
    version: u32,
    template_name_vi: String,
    template_name_en: String,
}

impl AskedIn {
    /// Of a place as an event keeps it: `SO-THANG@1 BC/BC.DOANHTHU/this`.
    fn read(place: &str, ministry: &Ministry) -> Option<AskedIn> {
        let (code, version) = place.split(' ').next()?.split_once('@')?;
        let template = ministry.template(code);
        let named = |of: fn(&Template) -> &String| {
            template.map_or_else(|| code.to_owned(), |one| of(one).clone())
        };
        Some(AskedIn {
            template: code.to_owned(),
            version: version.parse().ok()?,
            template_name_vi: named(|one| &one.name_vi),
            template_name_en: named(|one| &one.name_en),
        })
    }
}

/// The burden of every body that the caller may see.
#[derive(Debug, Serialize, ToSchema)]
struct Burdens {
    year: i16,
    /// The assumption behind keystrokes.
    keys_a_figure: u64,
    inventory: Option<InventoryAbout>,
    bodies: Vec<BodyBurden>,
    /// Of all of them; before, of those that the inventory names.
    total: BurdenBody,
    /// Of those that the inventory names: the same bodies before and now. Null when it names none.
    compared: Option<BurdenBody>,
    /// How many bodies the inventory names.
    compared_bodies: u32,
    /// Null where no form has taken the place of a duty.
    case: Option<CaseBody>,
    overrides: Vec<OverrideBody>,
}

/// What is asked of each body in a year, before and now; a body sees its own line.
#[utoipa::path(get, path = "/burden", tag = "work", params(YearAsked), responses((status = 200, body = Burdens)))]
async fn burdens(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<YearAsked>,
) -> Answer<Json<Burdens>> {
    let counted = Counted::read(&app, asked.year).await?;
    let seen = counted.seen_by(&caller)?;
    let nobody = Burden { replaced: None, kept: None, instead: Load::NONE, beside: Load::NONE };
    let each: Vec<Burden> = seen.iter().map(|(_, account)| account.burden()).collect();
    let total = each.iter().copied().fold(nobody, Burden::plus);
    let named: Vec<Burden> = each.into_iter().filter(|burden| burden.before().is_some()).collect();
    let compared_bodies = named.len() as u32;
    let compared = named.into_iter().reduce(Burden::plus);
    let shown = |overridden: &OverrideBody| {
        seen.iter().any(|(_, account)| fills(account, &overridden.template))
    };
    let overrides = overrides(&app, &counted.ministry).await?.into_iter().filter(shown).collect();
    Ok(Json(Burdens {
        year: counted.year,
        keys_a_figure: KEYS_A_FIGURE,
        inventory: counted.inventory.as_ref().map(InventoryAbout::from),
        bodies: seen.iter().map(|(body, account)| counted.line(body, account)).collect(),
        total: total.into(),
        compared: compared.map(BurdenBody::from),
        compared_bodies,
        case: case(&seen),
        overrides,
    }))
}

/// The same as a CSV file for a spreadsheet, in the caller's language.
#[utoipa::path(get, path = "/burden.csv", tag = "work", params(YearAsked),
    responses((status = 200, body = String, content_type = "text/csv", description = "UTF-8 with its mark, commas, a header")))]
async fn burdens_csv(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<YearAsked>,
) -> Answer<Response> {
    let counted = Counted::read(&app, asked.year).await?;
    let seen = counted.seen_by(&caller)?;
    let language = caller.speaks();
    let (side, what) = (
        language.pick(["trước", "hiện nay"], ["before", "now"]),
        language.pick(
            ["số mẫu", "lượt báo cáo", "số ô", "số phải gõ", "lượt gõ phím", "lần gõ mỗi số liệu"],
            ["forms", "reports", "cells", "numbers typed", "keystrokes", "keyings per figure"],
        ),
    );
    let mut header = vec![
        language.pick("Mã", "Code").to_owned(),
        language.pick("Đơn vị báo cáo", "Body").to_owned(),
    ];
    header.extend(side.iter().flat_map(|side| what.iter().map(move |of| format!("{of} ({side})"))));
    let mut rows = vec![header];
    for (body, account) in &seen {
        let burden = account.burden();
        let line = counted.line(body, account);
        let mut row = vec![line.body, language.pick(line.name_vi, line.name_en)];
        for load in [burden.before(), Some(burden.now())] {
            let load = load.map(LoadBody::from);
            let number = |of: fn(&LoadBody) -> u64| {
                load.as_ref().map_or(String::new(), |load| of(load).to_string())
            };
            row.extend([
                number(|load| load.forms),
                number(|load| load.reports),
                number(|load| load.cells),
                number(|load| load.keyed),
                number(|load| load.keystrokes),
                load.as_ref().and_then(|load| load.keyings_a_figure.clone()).unwrap_or_default(),
            ]);
        }
        rows.push(row);
    }
    csv_file(&rows, &format!("ganh-nang-bao-cao-{}.csv", counted.year))
}

/// A duty of the inventory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyBody {
    name: String,
    asked_by: String,
    legal_basis: Option<String>,
    /// `province`, `@ministries`, `52; 48`
    of: String,
    times_a_year: u16,
    frequency_vi: String,
    frequency_en: String,
    cells: u32,
    /// How many of its cells no other duty asks for; null when nobody has counted.
    first_cells: Option<u32>,
    /// The form that has taken its place.
    replaced_by: Option<String>,
    /// Where it is said that there is such a duty.
    said_in: Option<String>,
    synthetic: bool,
}

impl From<&Duty> for DutyBody {
    fn from(duty: &Duty) -> DutyBody {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        DutyBody {
            name: duty.name.clone(),
            asked_by: duty.asked_by.clone(),
            legal_basis: some(&duty.legal_basis),
            of: inventory::assigned_words(&duty.of),
            times_a_year: duty.times_a_year,
            frequency_vi: inventory::frequency_words(duty.times_a_year, Language::Vietnamese),
            frequency_en: inventory::frequency_words(duty.times_a_year, Language::English),
            cells: duty.cells,
            first_cells: duty.first_cells,
            replaced_by: duty.replaced_by.as_ref().map(ToString::to_string),
            said_in: some(&duty.source),
            synthetic: duty.is_synthetic,
        }
    }
}

/// A form with what it asks of a body in a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormBurden {
    template: String,
    name_vi: String,
    name_en: String,
    legal_basis: String,
    /// Whether it has taken the place of duties.
    instead: bool,
    load: LoadBody,
}

/// What is asked of one body, duty by duty and form by form.
#[derive(Debug, Serialize, ToSchema)]
struct BurdenOfBody {
    year: i16,
    keys_a_figure: u64,
    inventory: Option<InventoryAbout>,
    line: BodyBurden,
    case: Option<CaseBody>,
    duties: Vec<DutyBody>,
    forms: Vec<FormBurden>,
    overrides: Vec<OverrideBody>,
}

/// What is asked of one body in a year, duty by duty and form by form.
#[utoipa::path(get, path = "/burden/{body}", tag = "work", params(("body" = String, Path), YearAsked),
    responses((status = 200, body = BurdenOfBody)))]
async fn burden_of_body(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<YearAsked>,
) -> Answer<Json<BurdenOfBody>> {
    let counted = Counted::read(&app, asked.year).await?;
    let body = counted.ministry.bodies.get(code.as_str()).ok_or(Message::NotFound)?;
    caller.may(&Permission::SeeBurden { body: body.code.clone() })?;
    let account = counted.account(body).ok_or(Message::NotFound)?;
    let forms = account.forms.iter().map(|form| FormBurden {
        template: form.template.code.to_string(),
        name_vi: form.template.name_vi.clone(),
        name_en: form.template.name_en.clone(),
        legal_basis: form.template.legal_basis.clone(),
        instead: form.is_instead,
        load: form.load.into(),
    });
    let forms = forms.collect();
    let overrides = overrides(&app, &counted.ministry).await?;
    Ok(Json(BurdenOfBody {
        year: counted.year,
        keys_a_figure: KEYS_A_FIGURE,
        inventory: counted.inventory.as_ref().map(InventoryAbout::from),
        line: counted.line(body, &account),
        duties: account.duties.iter().map(|(duty, _)| DutyBody::from(*duty)).collect(),
        forms,
        overrides: overrides.into_iter().filter(|one| fills(&account, &one.template)).collect(),
        case: case(&[(body, account)]),
    }))
}

fn fills(account: &Account, template: &str) -> bool {
    account.forms.iter().any(|form| form.template.code.as_str() == template)
}

/// Everything that is counted from.
struct Counted {
    ministry: std::sync::Arc<Ministry>,
    inventory: Option<Inventory>,
    measured: HashMap<(IndicatorCode, Breakdown, UnitCode), Measured>,
    year: i16,
}

impl Counted {
    async fn read(app: &App, year: Option<i16>) -> Answer<Counted> {
        let year = year.unwrap_or(local_date(app.now()).year());
        if !(2000..=2100).contains(&year) {
            let value = year.to_string();
            let bad = Message::BadParameter { name: "year", value, expected: "2000 … 2100" };
            return Err(Problem::from(bad).in_column("year"));
        }
        let measured = app.measured.last(&app.store).await?.into_iter();
        let measured = measured
            .map(|one| ((one.indicator.clone(), one.breakdown.clone(), one.unit.clone()), one));
        let inventory = app.store.read().await?.inventory().await?;
        Ok(Counted { ministry: app.ministry(), inventory, measured: measured.collect(), year })
    }

    fn account(&self, body: &Body) -> Option<Account<'_>> {
        let Ministry { units, catalogue, templates, .. } = &*self.ministry;
        let unit = units.get(body.unit.as_str())?;
        let is_measured = |unit: &Unit, row: &Row, period: Period| {
            let of = (row.indicator.clone(), row.breakdown.clone(), unit.code.clone());
            let indicator = catalogue.get(row.indicator.as_str());
            let measured = self.measured.get(&of).zip(indicator);
            measured.is_some_and(|(measured, indicator)| measured.suffices(indicator, period))
        };
        let live = ask_once::live(templates.values().map(|version| &**version));
        let duties = self.inventory.as_ref().map_or(&[][..], |inventory| &inventory.duties);
        Some(burden::account(unit, units, self.year, duties, &live, &is_measured))
    }

    /// The bodies of which something is or was asked, as far as the caller may see them, by name.
    fn seen_by(&self, caller: &Caller) -> Answer<Vec<(&Body, Account<'_>)>> {
        let actor = caller.actor()?;
        let sees = |code: &BodyCode| may(actor, &Permission::SeeBurden { body: code.clone() });
        let bodies: Vec<&Body> =
            self.ministry.bodies.values().filter(|body| sees(&body.code).is_ok()).collect();
        if bodies.is_empty() {
            return Err(workflow::Denied::Forbidden.into());
        }
        let mut seen: Vec<(&Body, Account)> = bodies
            .into_iter()
            .filter_map(|body| Some((body, self.account(body)?)))
            .filter(|(_, account)| !account.duties.is_empty() || !account.forms.is_empty())
            .collect();
        let day = self.day();
        seen.sort_by(|(one, _), (other, _)| {
            document::collation::compare(one.name_on(day).0, other.name_on(day).0)
        });
        Ok(seen)
    }

    /// The day whose names are shown.
    fn day(&self) -> Date {
        Date::new(self.year, 12, 31).expect("the year was checked")
    }

    fn line(&self, body: &Body, account: &Account) -> BodyBurden {
        let (vi, en) = body.name_on(self.day());
        BodyBurden {
            body: body.code.to_string(),
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            burden: account.burden().into(),
        }
    }
}

/// Of the bodies whose duties a form has taken the place of: before and now.
fn case(seen: &[(&Body, Account)]) -> Option<CaseBody> {
    let replaced = seen.iter().filter_map(|(_, account)| {
        let burden = account.burden();
        let before = burden.replaced.filter(|replaced| replaced.reports > 0)?;
        Some((before.reports, burden.instead.reports))
    });
    let (bodies, before, now) = replaced.fold((0u64, 0u64, 0u64), |(bodies, before, now), one| {
        (bodies + 1, before + one.0, now + one.1)
    });
    let ratio = |one: u64, of: u64| {
        let whole = |number: u64| i64::try_from(number).ok().map(Decimal::whole);
        let ratio = whole(one)?.times_over(Decimal::whole(1), whole(of)?, 1)?;
        Some(ratio.to_string())
    };
    Some(CaseBody {
        bodies,
        replaced: before,
        instead: now,
        replaced_each: ratio(before, bodies)?,
        instead_each: ratio(now, bodies)?,
        times_fewer: ratio(before, now)?,
    })
}

/// Every time that a form asks for a number which the ministry has, with the reason, the newest first.
async fn overrides(app: &App, ministry: &Ministry) -> Answer<Vec<OverrideBody>> {
    let kind = Some("asked_again".to_owned());
    let filter = EventFilter { kind, limit: MOST_OVERRIDES, ..EventFilter::default() };
    let events = app.store.read().await?.events(&filter).await?;
    Ok(events.iter().filter_map(|event| overridden(event, ministry)).collect())
}

fn overridden(event: &Event, ministry: &Ministry) -> Option<OverrideBody> {
    let detail = &event.what.detail;
    let template: &Template = ministry.template(detail["template"].as_str()?)?;
    let again = |one: &serde_json::Value| {
        let row = one["row"].as_str()?;
        let (_, of) = row.split_once('/').unwrap_or(("", row));
        let (code, breakdown) = of.split_once('[').unwrap_or((of, ""));
        let indicator = ministry.catalogue.get(code);
        let named = |of: fn(&model::Indicator) -> &String| {
            indicator.map_or_else(|| code.to_owned(), |one| of(one).clone())
        };
        let places = one["places"].as_array().into_iter().flatten();
        let mut places: Vec<AskedIn> =
            places.filter_map(|place| AskedIn::read(place.as_str()?, ministry)).collect();
        // Both parts of a ratio may be asked for in one form.
        places.dedup();
        Some(AgainBody {
            indicator: code.to_owned(),
            breakdown: Some(breakdown.trim_end_matches(']').to_owned())
                .filter(|breakdown| !breakdown.is_empty()),
            name_vi: named(|one| &one.name_vi),
            name_en: named(|one| &one.name_en),
            how: one["how"].as_str()?.to_owned(),
            places,
            bodies: one["bodies"].as_u64().unwrap_or_default() as u32,
        })
    };
    Some(OverrideBody {
        at: rfc3339(event.at),
        by: event.actor_name.clone(),
        template: template.code.to_string(),
        version: detail["version"].as_u64().unwrap_or_default() as u32,
        template_name_vi: template.name_vi.clone(),
        template_name_en: template.name_en.clone(),
        reason: detail["reason"].as_str().unwrap_or_default().to_owned(),
        rows: detail["again"].as_array().into_iter().flatten().filter_map(again).collect(),
    })
}

/// Which version of the inventory.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionAsked {
    /// The last one when left out.
    version: Option<u32>,
}

/// The inventory with its duties and its history.
#[derive(Debug, Serialize, ToSchema)]
struct InventoryBody {
    /// Null before one was imported.
    about: Option<InventoryAbout>,
    duties: Vec<DutyBody>,
    /// Every version, the newest first.
    versions: Vec<InventoryAbout>,
}

/// The inventory of report duties, in its last version or an earlier one.
#[utoipa::path(get, path = "/inventory", tag = "work", params(VersionAsked), responses((status = 200, body = InventoryBody)))]
async fn duty_inventory(
    State(app): State<App>,
    Params(asked): Params<VersionAsked>,
) -> Answer<Json<InventoryBody>> {
    let all = app.store.read().await?.inventories(None).await?;
    let shown = match asked.version {
        None => all.first(),
        Some(version) => {
            Some(all.iter().find(|one| one.version == version).ok_or(Message::NotFound)?)
        }
    };
    Ok(Json(InventoryBody {
        about: shown.map(InventoryAbout::from),
        duties: shown.map_or(vec![], |one| one.duties.iter().map(DutyBody::from).collect()),
        versions: all.iter().map(InventoryAbout::from).collect(),
    }))
}

/// The inventory as a CSV file, in a form that can be imported again.
#[utoipa::path(get, path = "/inventory.csv", tag = "work", params(VersionAsked),
    responses((status = 200, body = String, content_type = "text/csv", description = "UTF-8 with its mark, commas, a header")))]
async fn inventory_csv(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<VersionAsked>,
) -> Answer<Response> {
    let found = app.store.read().await?.inventories(asked.version).await?.into_iter().next();
    let found = match (found, asked.version) {
        (None, Some(_)) => return Err(Message::NotFound.into()),
        (found, _) => found,
    };
    let (version, duties) = found.map_or((0, vec![]), |one| (one.version, one.duties));
    let rows = inventory::csv_rows(&duties, caller.speaks());
    csv_file(&rows, &format!("danh-muc-bao-cao-{version}.csv"))
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InventoryParams {
    /// true: check only
    #[serde(default)]
    dry_run: bool,
    /// The version that is to be replaced, as it was seen; 0 when there is none. Needed unless it is a dry run.
    seen: Option<u32>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ImportedInventory {
    /// Rows of data.
    rows: u64,
    /// The version that it is now; in a dry run, the one that stands.
    version: u32,
    /// Duties that the last version does not have, by name and who asks.
    added: u32,
    /// Duties of the last version that are no longer there.
    removed: u32,
    /// Duties that say something else than in the last version.
    changed: u32,
    dry_run: bool,
}

/// What an import of an inventory did; of a dry run also what it found.
#[derive(Debug, Serialize, ToSchema)]
struct InventoryDryRun {
    #[serde(flatten)]
    imported: ImportedInventory,
    #[schema(required = false)]
    findings: Vec<FindingBody>,
}

/// Replaces the inventory by a file, CSV or XLSX, all or nothing. Columns, by code or as they are headed in a download:
/// name, asked_by, legal_basis, of, frequency, cells, first_cells, replaced_by, source, synthetic.
#[utoipa::path(post, path = "/inventory", tag = "work", params(InventoryParams),
    request_body(content((String = "text/csv"), (super::accounts::Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, content((InventoryDryRun = "application/json")), description = "It is the next version; or what a dry run found"),
        (status = 412, description = "Another version stands there than the one that was seen: `stale_inventory`"),
        (status = 422, description = "Nothing was changed, and why by row and column: `findings`; or `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `idempotency_key_reused`")))]
async fn import_inventory(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<InventoryParams>,
    sent: Sent,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let read = {
        let (bytes, ministry) = (sent.bytes.clone(), app.ministry());
        let read = tokio::task::spawn_blocking(move || inventory::read(&bytes, &ministry)).await;
        read.unwrap_or(Err(document::workbook::Unreadable::Damaged))?
    };
    let Read { rows, duties, findings } = read;
    let last = app.store.read().await?.inventory().await?;
    let (version, before) = last.map_or((0, vec![]), |last| (last.version, last.duties));
    let done = compared(rows, version, &before, &duties, asked.dry_run);
    if asked.dry_run {
        let findings = findings.iter().map(|found| found.body(caller.speaks())).collect();
        let value = InventoryDryRun { imported: done, findings };
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, Written { seq, value, replayed: false }));
    }
    if !findings.is_empty() {
        let mut problem = Problem::from(Message::BadFile(findings.len()));
        problem.at = findings.first().map(|first| first.at.clone());
        problem.findings = findings;
        return Err(problem);
    }
    let seen = asked.seen.ok_or(Message::MissingParameter("seen"))?;
    let imported = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let version =
                    tx.define_inventory(&duties, seen, Some(actor)).await.map_err(stale)?;
                let counted = duties.len();
                tx.event(NewEvent {
                    kind: "inventory_imported".into(),
                    actor: Some(actor),
                    detail: json!({
                        "version": version, "duties": counted,
                        "label_vi": format!("phiên bản {version}, {counted} báo cáo"),
                        "label_en": format!("version {version}, {counted} reports"),
                    }),
                    ..NewEvent::default()
                })
                .await?;
                Ok(ImportedInventory { version, ..done })
            })
        })
        .await?;
    Ok(written(StatusCode::OK, imported))
}

fn stale(error: StaleInventory) -> Problem {
    match error {
        StaleInventory::Store(error) => error.into(),
        StaleInventory::Other(version) => Message::said(412, "stale_inventory", |language| {
            language.pick(
                format!("Danh mục đã có phiên bản {version}. Hãy xem phiên bản đó rồi nhập lại."),
                format!(
                    "The inventory is in version {version} meanwhile. Look at it and import again."
                ),
            )
        })
        .into(),
    }
}

/// How a file differs from the last version; a duty is the same by its name and who asks.
fn compared(
    rows: u64,
    version: u32,
    before: &[Duty],
    after: &[Duty],
    dry_run: bool,
) -> ImportedInventory {
    let by_name = |duties: &[Duty]| -> BTreeMap<(String, String), Vec<Duty>> {
        let mut of: BTreeMap<_, Vec<Duty>> = BTreeMap::new();
        for duty in duties {
            of.entry((duty.name.clone(), duty.asked_by.clone())).or_default().push(duty.clone());
        }
        of
    };
    let (before, after) = (by_name(before), by_name(after));
    let count = |those: usize| those as u32;
    ImportedInventory {
        rows,
        version,
        added: count(after.keys().filter(|key| !before.contains_key(*key)).count()),
        removed: count(before.keys().filter(|key| !after.contains_key(*key)).count()),
        changed: count(
            after
                .iter()
                .filter(|(key, said)| before.get(*key).is_some_and(|was| was != *said))
                .count(),
        ),
        dry_run,
    }
}

/// A file that a spreadsheet takes for UTF-8, and no text of it for a formula.
fn csv_file(rows: &[Vec<String>], name: &str) -> Answer<Response> {
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        let written = file.write_record(row.iter().map(|field| harmless_code(field)));
        written.map_err(anyhow::Error::from)?;
    }
    let bytes = file.into_inner().map_err(|error| anyhow::anyhow!("writing a file: {error}"))?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name.expect("a file's name is of plain letters")),
    ];
    Ok((headers, bytes).into_response())
}

/// The code of a group begins with `@` and is no formula.
fn harmless_code(field: &str) -> String {
    let is_group = field.strip_prefix('@').is_some_and(|code| {
        !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if is_group { field.to_owned() } else { harmless(field) }
}
