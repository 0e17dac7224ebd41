//! The measured figures that follow from registers and from the dossiers that portals send, put into the record.
//!
//! They are worked out again when something they follow from changes, and every hour for the month that is open and the
//! one before it; what comes out as it was measured last is not recorded again.

use std::collections::{BTreeMap, BTreeSet};

use document::Lang;
use jiff::civil::Date;
use measure::PortalCode;
use measure::beacon::{Span, Step};
use measure::claim::{indicators, of_list};
use measure::derive::{self, Derived, Dossiers, Input, PortalDays, Service};
use measure::dossier::{Channel, State};
use measure::register::{EntryCode, Register, Values};
use measure::when::{day_of, start_of_day};
use model::{
    Absence, Breakdown, Calendar, Cell, Decimal, Figure, Frequency, IndicatorCode, Measure, Period,
    Source, Status, UnitCode,
};
use store::{Confirmed, EntryFilter, NewObservation, Origin, OriginKind, Reader, Recorded};

use crate::claims;
use crate::clock::local_date;
use crate::problem::Answer;
use crate::state::{App, Ministry};

/// So many entries of one unit are looked at, and of all units together: more than a ministry has.
const MOST: usize = 1_000_000;

/// What is known of a unit in a period.
#[derive(Debug)]
pub struct Known {
    /// When.
    pub period: Period,
    /// The last day that is over.
    pub over: Date,
    /// The services at the end of the period, or today.
    pub services: Vec<Service>,
    /// Who said since when the list of services is whole, or no longer; `None` when nobody ever did.
    pub services_confirmed: Option<Confirmed>,
    /// The systems at the end of the period, or today.
    pub systems: Vec<Values>,
    /// The same of the list of systems.
    pub systems_confirmed: Option<Confirmed>,
    /// The portals in use in the period.
    pub portals: Vec<PortalDays>,
    /// What their back ends sent.
    pub dossiers: Vec<Dossiers>,
    /// What their pages told of days that the back ends did not send, where pages see every dossier filed on line.
    pub filed_on_pages: Vec<Dossiers>,
}

impl Known {
    /// The day of which the lists are asked: the period's end, or today.
    fn day(&self) -> Date {
        self.period.end().min(self.over.tomorrow().unwrap_or(self.over))
    }

    /// The lists that were confirmed once and that no figure of this period follows from now: the confirmation was
    /// taken back, or holds from a later day only. One that ended on a day leaves what was before as it was.
    fn taken_back(&self) -> impl Iterator<Item = (Register, &Confirmed)> {
        let day = self.day();
        let lists = [
            (Register::Services, &self.services_confirmed),
            (Register::Systems, &self.systems_confirmed),
        ];
        lists.into_iter().filter_map(move |(register, said)| {
            let said = said.as_ref()?;
            said.since.is_none_or(|since| since > day).then_some((register, said))
        })
    }

    /// As it is decided upon.
    pub fn input(&self) -> Input<'_> {
        let day = self.day();
        let is_whole =
            |said: &Option<Confirmed>| said.as_ref().is_some_and(|said| said.holds_on(day));
        Input {
            period: self.period,
            over: self.over,
            services: &self.services,
            services_are_whole: is_whole(&self.services_confirmed),
            systems: &self.systems,
            systems_are_whole: is_whole(&self.systems_confirmed),
            portals: &self.portals,
            dossiers: &self.dossiers,
            filed_on_pages: &self.filed_on_pages,
        }
    }
}

/// The month that a day is in.
pub fn month_of(day: Date) -> Period {
    Period::containing(day, Frequency::Month, Calendar::Statistical)
        .expect("every day of our years lies in a month")
}

/// What is known of one unit, or of every unit that has a register or a portal.
pub async fn known(
    reader: &mut Reader,
    ministry: &Ministry,
    unit: Option<&UnitCode>,
    period: Period,
    today: Date,
) -> Answer<BTreeMap<UnitCode, Known>> {
    let over = today.yesterday().unwrap_or(today);
    let day = period.end().min(today);
    let empty = || Known {
        period,
        over,
        services: vec![],
        services_confirmed: None,
        systems: vec![],
        systems_confirmed: None,
        portals: vec![],
        dossiers: vec![],
        filed_on_pages: vec![],
    };
    let mut all: BTreeMap<UnitCode, Known> =
        unit.map(|unit| (unit.clone(), empty())).into_iter().collect();
    for register in [Register::Services, Register::Systems] {
        let asked = EntryFilter { unit: unit.cloned(), ..EntryFilter::of(register, day) };
        for kept in reader.register_entries(&asked, None, MOST).await? {
            let Some(values) = kept.entry.values else { continue };
            let of = all.entry(kept.entry.unit).or_insert_with(empty);
            match register {
                Register::Services => of.services.push(Service::new(kept.entry.code, &values)),
                Register::Systems => of.systems.push(values),
                Register::Exchanges | Register::Platforms => {}
            }
        }
    }
    let counts = |portal: &&measure::Portal| {
        let (from, to) = (portal.validity.from, portal.validity.to);
        !portal.is_trial
            && from.is_none_or(|from| from <= period.end())
            && to.is_none_or(|to| to > period.start())
    };
    let mut units = BTreeMap::new();
    for portal in ministry.portals.values().filter(counts) {
        if unit.is_none_or(|unit| *unit == portal.unit) {
            let portal_code = portal.code.to_string();
            let days = PortalDays {
                portal: portal_code,
                sent: BTreeSet::new(),
                users: BTreeMap::new(),
                told: BTreeSet::new(),
            };
            all.entry(portal.unit.clone()).or_insert_with(empty).portals.push(days);
            units.insert(portal.code.to_string(), portal.unit.clone());
        }
    }
    // One portal is asked for by itself; of many, all days are read at once.
    let only = if units.len() == 1 { units.keys().next().cloned() } else { None };
    if !units.is_empty() {
        for sent in reader.dossier_days(only.as_deref(), period.start(), period.end()).await? {
            let of = units.get(&sent.portal).and_then(|unit| all.get_mut(unit));
            let days =
                of.and_then(|of| of.portals.iter_mut().find(|one| one.portal == sent.portal));
            if let Some(days) = days {
                days.sent.insert(sent.day);
                days.users.extend(sent.users.map(|users| (sent.day, users)));
            }
        }
        for sum in reader.dossier_sums(only.as_deref(), period.start(), period.end()).await? {
            if let Some(of) = units.get(&sum.portal).and_then(|unit| all.get_mut(unit)) {
                of.dossiers.push(Dossiers {
                    portal: sum.portal,
                    service: sum.count.service,
                    channel: sum.count.channel,
                    state: sum.count.state,
                    number: sum.count.dossiers,
                });
            }
        }
    }
    for portal in ministry.portals.values().filter(counts) {
        if let (Some(since), Some(of)) = (portal.pages_see_all_since, all.get_mut(&portal.unit)) {
            add_told(reader, portal, since, of).await?;
        }
    }
    for (unit, of) in &mut all {
        of.services_confirmed = reader.register_confirmed(Register::Services, unit).await?;
        of.systems_confirmed = reader.register_confirmed(Register::Systems, unit).await?;
    }
    Ok(all)
}

/// What the pages of a portal told of the days that its back end did not send; a day on which nothing was heard is unknown.
async fn add_told(
    reader: &mut Reader,
    portal: &measure::Portal,
    since: Date,
    of: &mut Known,
) -> Answer<()> {
    let (first, last) = (of.period.start().max(since), of.period.end().min(of.over));
    let days = of.portals.iter_mut().find(|one| one.portal == portal.code.as_str());
    let Some(days) = days.filter(|_| first <= last) else { return Ok(()) };
    let (from, to) = (start_of_day(first), start_of_day(last.tomorrow().unwrap_or(last)));
    for heard in reader.beacon_counts(&portal.code, None, Span::Day, from, to).await? {
        let day = day_of(heard.start);
        if !heard.is_bot && !days.sent.contains(&day) {
            days.told.insert(day);
        }
    }
    let filed = reader.beacon_dossiers(&portal.code, Step::Submitted, first, last).await?;
    for one in filed.into_iter().filter(|one| days.told.contains(&one.day)) {
        // A page names procedures as a register does, or it is not of one.
        let Some(service) = EntryCode::parse(&one.service) else { continue };
        of.filed_on_pages.push(Dossiers {
            portal: portal.code.to_string(),
            service,
            channel: one.channel,
            state: State::Received,
            number: one.dossiers,
        });
    }
    Ok(())
}

/// Dossiers filed on line as the back end of a portal sent them and as its pages told them, of the days that it sent and
/// the procedures of which its pages told in the period.
pub async fn filed_of_both(
    reader: &mut Reader,
    days: &PortalDays,
    period: Period,
) -> Answer<(u64, u64)> {
    let Ok(code) = PortalCode::parse(&days.portal) else { return Ok((0, 0)) };
    let (first, last) = (period.start(), period.end());
    let mut told = reader.beacon_dossiers(&code, Step::Submitted, first, last).await?;
    told.retain(|one| one.channel == Channel::Online && days.sent.contains(&one.day));
    let services: BTreeSet<&str> = told.iter().map(|one| one.service.as_str()).collect();
    let sums = reader.dossier_sums(Some(&days.portal), first, last).await?;
    let filed = |count: &measure::dossier::Count| {
        count.state == State::Received
            && count.channel == Channel::Online
            && services.contains(count.service.as_str())
    };
    let sent = sums.iter().map(|sum| &sum.count).filter(|count| filed(count));
    Ok((sent.map(|count| count.dossiers).sum(), told.iter().map(|one| one.dossiers).sum()))
}

/// Records what follows now for one unit, or for all, where it differs from what was measured last, and withdraws what
/// followed from a list whose confirmation was taken back. What a connector measures is left to it. Answers how many
/// figures that were.
pub async fn record(app: &App, unit: Option<&UnitCode>, periods: &[Period]) -> Answer<usize> {
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let mut stated: Vec<(Origin, Vec<NewObservation>)> = vec![];
    let claims = claims::of_connectors(&mut app.store.read().await?).await?;
    let others = claims::Others::new(&claims, &ministry.units);
    for period in periods {
        let mut reader = app.store.read().await?;
        let all = known(&mut reader, &ministry, unit, *period, today).await?;
        drop(reader);
        for (unit, known) in all {
            let made = derive::derive(&known.input());
            let made = made.into_iter().filter(|one| {
                applies(&ministry, one, &unit, *period)
                    && !others.have(one.indicator, &unit, period.end())
            });
            let codes: Vec<(Derived, IndicatorCode)> = made
                .filter_map(|one| Some((one.clone(), IndicatorCode::parse(one.indicator).ok()?)))
                .collect();
            let last = app.measured.last_of(
                &app.store,
                &unit,
                *period,
                codes.iter().map(|(_, code)| code),
            );
            let last = last.await?;
            stated.extend(withdrawn(app, &known, &unit).await?);
            let made = codes.into_iter().map(|(one, _)| one).collect();
            let changed = derive::changed(made, &last);
            if !changed.is_empty() {
                let status = if period.end() < today { Status::Final } else { Status::Provisional };
                // Everything of the demonstration is made up, and says so.
                let synthetic = app.clock.is_demonstration();
                let said = changed.iter().map(|one| NewObservation {
                    synthetic,
                    ..observation(one, &unit, *period, status)
                });
                stated.push((origin(&known, synthetic), said.collect()));
            }
        }
    }
    let number = stated.iter().map(|(_, said)| said.len()).sum();
    if number > 0 {
        let recorded = app.write(None, move |tx| {
            Box::pin(async move {
                let each: Vec<(&Origin, &[NewObservation])> =
                    stated.iter().map(|(origin, said)| (origin, said.as_slice())).collect();
                tx.append_each(&each).await?;
                Ok(())
            })
        });
        recorded.await?;
    }
    Ok(number)
}

/// What is to be withdrawn of a period, because it followed from a list that is no longer said to be whole.
async fn withdrawn(
    app: &App,
    known: &Known,
    unit: &UnitCode,
) -> Answer<Vec<(Origin, Vec<NewObservation>)>> {
    let mut withdrawn = vec![];
    for (register, said) in known.taken_back() {
        let codes = indicators(of_list(register));
        let last = app.measured.last_of(&app.store, unit, known.period, codes.iter()).await?;
        let mut figures = vec![];
        for indicator in codes.into_iter().filter(|code| last.contains_key(code.as_str())) {
            let cell = total(indicator, unit, known.period);
            let head = app.store.head().seq;
            let history = app.store.read().await?.history_of_cell(&cell, head).await?;
            let measured = |one: &&Recorded| one.observation.source == Source::Measured;
            let followed = history.iter().rev().find(measured);
            // What another source measured is not this list's to withdraw.
            if followed.is_some_and(|one| one.origin.kind == OriginKind::Measurement) {
                let figure = Figure::Absent(Absence::Withdrawn);
                figures.push(NewObservation::of(cell, figure, Source::Measured, Status::Final));
            }
        }
        if !figures.is_empty() {
            withdrawn.push((taken_back_origin(register, said), figures));
        }
    }
    Ok(withdrawn)
}

fn taken_back_origin(register: Register, said: &Confirmed) -> Origin {
    let (vi, en) = match register {
        Register::Services => ("dịch vụ công", "services"),
        Register::Systems => ("hệ thống thông tin", "systems"),
        Register::Exchanges | Register::Platforms => ("nền tảng", "platforms"),
    };
    Origin {
        reason: said.reason.clone(),
        actor: said.by,
        ..Origin::named(
            OriginKind::Measurement,
            &format!("Rút lại: danh mục {vi} không còn được xác nhận là đủ"),
            &format!("Withdrawn: the register of {en} is no longer confirmed to be whole"),
        )
    }
}

fn total(indicator: IndicatorCode, unit: &UnitCode, period: Period) -> Cell {
    let (breakdown, measure) = (Breakdown::TOTAL, Measure::Level);
    Cell { indicator, unit: unit.clone(), period, breakdown, measure }
}

/// The months of which figures ever followed from a unit's list, with the open ones: those that a confirmation, or its
/// end, may change.
pub async fn months_of(
    app: &App,
    register: Register,
    unit: &UnitCode,
    today: Date,
) -> Answer<Vec<Period>> {
    let codes = indicators(of_list(register));
    let mut months = app.measured.periods(&app.store, unit, &codes).await?;
    months.retain(|period| *period == month_of(period.end()));
    months.extend(open_months(today));
    Ok(months.into_iter().collect())
}

/// Records what follows from a change, after it was acknowledged: what fails here is tried again within the hour.
pub async fn record_after(app: &App, unit: &UnitCode, periods: &[Period]) {
    if let Err(problem) = record(app, Some(unit), periods).await {
        let why = problem.message.text(workflow::Language::English);
        tracing::error!(unit = unit.as_str(), "what follows from registers: {why}");
    }
}

/// The month that is open, and the one before it.
pub fn open_months(today: Date) -> Vec<Period> {
    let month = month_of(today);
    month.previous().into_iter().chain([month]).collect()
}

fn applies(ministry: &Ministry, one: &Derived, unit: &UnitCode, period: Period) -> bool {
    let known = ministry.catalogue.get(one.indicator).zip(ministry.units.get(unit.as_str()));
    known.is_some_and(|(indicator, unit)| indicator.applies_to(unit, period.end()))
}

fn observation(one: &Derived, unit: &UnitCode, period: Period, status: Status) -> NewObservation {
    let indicator = IndicatorCode::parse(one.indicator).expect("it was parsed a moment ago");
    let cell = total(indicator, unit, period);
    NewObservation {
        measured_share: Some(one.share),
        ..NewObservation::of(cell, Figure::Number(one.number), Source::Measured, status)
    }
}

/// What the figures come from, in a line: how many services, systems and portals stood behind them, and which days came.
fn origin(known: &Known, synthetic: bool) -> Origin {
    let input = known.input();
    let (mut vi, mut en) = (vec![], vec![]);
    if input.services_are_whole {
        vi.push(format!("danh mục {} dịch vụ công", known.services.len()));
        en.push(format!("the register of {} services", known.services.len()));
    }
    if input.systems_are_whole {
        vi.push(format!("danh mục {} hệ thống thông tin", known.systems.len()));
        en.push(format!("the register of {} systems", known.systems.len()));
    }
    for portal in &known.portals {
        let (sent, missing) = (portal.sent.len(), derive::missing(&input, portal).len());
        if sent > 0 {
            let name = &portal.portal;
            vi.push(format!("hồ sơ {sent} ngày của cổng {name} (thiếu {missing} ngày)"));
            en.push(format!("dossiers of {sent} days of portal {name} ({missing} missing)"));
        }
        if !portal.told.is_empty() {
            let (days, name) = (portal.told.len(), &portal.portal);
            vi.push(format!("hồ sơ nộp trực tuyến {days} ngày do trang của cổng {name} đếm"));
            en.push(format!("filings of {days} days as the pages of portal {name} counted them"));
        }
        if let Some((day, users)) = portal.users.last_key_value() {
            let name = &portal.portal;
            let number = Decimal::whole(*users as i64);
            let number = |lang| document::number::fixed(number, 0, lang);
            vi.push(format!(
                "{} người đã dùng dịch vụ công toàn trình của cổng {name} đến hết ngày {}",
                number(Lang::Vi),
                document::period::date(*day, Lang::Vi)
            ));
            en.push(format!(
                "{} people who used end-to-end services of portal {name} by the end of {}",
                number(Lang::En),
                document::period::date(*day, Lang::En)
            ));
        }
    }
    let weighed = share_words(&input);
    let made_up = if synthetic { (". Số liệu mô phỏng", ". Synthetic") } else { ("", "") };
    Origin::named(
        OriginKind::Measurement,
        &format!("Tính từ {}{}{}", vi.join("; "), weighed.0, made_up.0),
        &format!("From {}{}{}", en.join("; "), weighed.1, made_up.1),
    )
}

/// By what portals are weighed in the measured share.
fn share_words(input: &Input) -> (&'static str, &'static str) {
    let is_any_known = input.portals.iter().any(|one| !one.sent.is_empty() || !one.told.is_empty());
    match (is_any_known, input.services.is_empty()) {
        (false, _) => ("", ""),
        (true, true) => (
            ". Độ bao phủ: số cổng gửi đủ ngày trên số cổng",
            ". Measured share: portals that sent every day over all portals",
        ),
        (true, false) => (
            ". Độ bao phủ: số dịch vụ của các cổng gửi đủ ngày trên số dịch vụ",
            ". Measured share: services of portals that sent every day over all services",
        ),
    }
}
