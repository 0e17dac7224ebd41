//! The codes of the interface, for its description: which words a text can be.
//!
//! A list is taken from the enum that is written with it, so that what is described is what is
//! answered; a list of the interface's own stands here. Nothing is ever a value of these types:
//! shapes carry texts, so that a wrong code is refused with a sentence and not by a parser.

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! codes {
    ($($(#[doc = $said:literal])+ $name:ident = $codes:expr;)+) => {$(
        $(#[doc = $said])+
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let codes: Vec<&'static str> = $codes.into_iter().collect();
                let said = concat!($($said),+).trim();
                let object = ObjectBuilder::new().schema_type(Type::String);
                object.enum_values(Some(codes)).description(Some(said)).build().into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

codes! {
    /// What kind of thing a unit is.
    UnitKind = model::UnitKind::ALL.iter().map(|kind| kind.code());
    /// One of the six sectors, or the whole (TN).
    SectorCode = model::Sector::ALL.into_iter().map(model::Sector::code);
    /// A list of what units offer and run.
    RegisterCode = measure::register::Register::ALL.into_iter().map(measure::register::Register::code);
    /// In which order the entries of a register are listed.
    EntryOrderCode = store::EntryOrder::ALL.into_iter().map(store::EntryOrder::code);
    /// What can be said in a field of a register.
    FieldKind = ["text", "word", "day", "count"];
    /// What a file does to an entry.
    EntryChange = ["add", "change", "end"];
    /// What came of a day of dossiers: the first that was sent, another in its place, the same as stood there.
    DayOutcome = ["new", "replaced", "unchanged"];
    /// How a dossier was filed.
    Channel = measure::dossier::Channel::ALL.into_iter().map(measure::dossier::Channel::code);
    /// What became of a dossier on the day.
    DossierState = measure::dossier::State::ALL.into_iter().map(measure::dossier::State::code);
    /// Whether the rule of 2020 is met; unknown while days are missing that could decide it.
    RuleVerdict = ["met", "not_met", "unknown"];
    /// How an indicator adds up over units.
    OverUnits = ["sum", "ratio", "weighted_mean", "max", "none"];
    /// How an indicator adds up over time; a ratio follows from its parts.
    OverTime = model::indicator::OverTime::ALL.iter().map(|over| over.code()).chain(["ratio"]);
    /// Which direction is good.
    Good = model::indicator::Good::ALL.iter().map(|good| good.code());
    /// How long a period is.
    Frequency = model::Frequency::ALL.iter().map(|frequency| frequency.code());
    /// Calendar months, or months from the 15th to the 14th.
    Calendar = model::Calendar::ALL.iter().map(|calendar| calendar.code());
    /// Why there is no number.
    Absence = model::Absence::ALL.iter().map(|absence| absence.code());
    /// Why there is no number, as a person says it.
    StatedAbsence = model::Absence::ALL.iter().map(|absence| absence.code()).filter(is_stated);
    /// What a person says instead of a number; that nothing occurred is a zero.
    AbsenceToState =
        model::Absence::ALL.iter().map(|absence| absence.code()).filter(is_stated).chain(["none_occurred"]);
    /// How an answer came about.
    Basis = model::Basis::ALL.iter().map(|basis| basis.code());
    /// How sure a figure is.
    Status = model::Status::ALL.iter().map(|status| status.code());
    /// Said before a number.
    Qualifier = model::Qualifier::ALL.iter().map(|qualifier| qualifier.code());
    /// Where a figure came from.
    Source = model::Source::ALL.iter().map(|source| source.code());
    /// Which source answers; the best for each cell when it is preferred.
    SourceChoice = model::SourceChoice::ALL.iter().map(|choice| choice.code());
    /// Why a checkpoint of the cube was thrown away.
    UnfitCheckpoint = crate::book::Unfit::ALL.into_iter().map(crate::book::Unfit::code);
    /// Where a request for help from another office stands.
    HelpStanding = workflow::help::Standing::ALL.into_iter().map(workflow::help::Standing::code);
    /// What a body made of an answer from another office.
    HelpDecision = workflow::help::Decision::ALL.into_iter().map(workflow::help::Decision::code);
    /// What becomes of a cell that two people changed.
    Conflicts = ["refuse", "theirs", "mine"];
    /// What becomes of a cell that two people changed, where several forms are uploaded.
    FormsConflicts = ["refuse", "theirs"];
    /// What becomes of one of several forms of a file.
    FilledOutcome = ["changed", "saved", "unchanged", "refused"];
    /// What a number is made of.
    MadeBy = model::MadeBy::ALL.iter().map(|made| made.code());
    /// What a statement comes from.
    OriginKind = store::OriginKind::ALL.into_iter().map(store::OriginKind::code);
    /// Where a whole submission stands: as far as its least finished section.
    SubmissionState = workflow::Overall::ALL.into_iter().map(workflow::Overall::code);
    /// Where a section stands.
    SectionState = workflow::State::CODES;
    /// What somebody did to a section, or about the deadline.
    Move = workflow::Move::ALL.into_iter().map(workflow::Move::code).chain(["extension_ask", "extension_grant", "extension_refuse"]);
    /// An error stops a signature, a warning asks for a comment.
    Severity = ["error", "warning"];
    /// What a check of a form compares.
    CheckKind = ["at_most", "sum", "change"];
    /// From which figure a change is reckoned.
    ChangeOn = workflow::form_check::Over::ALL.into_iter().map(workflow::form_check::Over::code);
    /// In whose stead a deputy signs: ký thay, thừa lệnh, thừa ủy quyền.
    SignedInstead = workflow::paper::Instead::ALL.into_iter().map(workflow::paper::Instead::code);
    /// What a scan is, as its content says.
    ScanKind = ["application/pdf", "image/jpeg", "image/png"];
    /// What a section asks for.
    SectionKind = ["figures", "text"];
    /// A field of a template that an existing form says something about.
    TemplateField = workflow::propose::About::ALL.into_iter().map(workflow::propose::About::code);
    /// How the ministry has a number that a form asks for.
    AlreadyBy = ["asked", "adds_up", "computed", "measured"];
    /// How the number of another form lies to that of a cell.
    AskedBy = ["asked", "adds_up", "computed", "other_calendar", "part_of"];
    /// How a cell stands to its measured number.
    BesideStanding = workflow::beside::Beside::CODES;
    /// Why a number differs from the measured one.
    CauseOfDifference = workflow::beside::Cause::ALL.into_iter().map(workflow::beside::Cause::code);
    /// How a reported number lies to the measured one.
    Verdict = measure::reconcile::Verdict::CODES;
    /// Why two numbers are not compared.
    WhyNotComparable = measure::reconcile::Why::ALL.into_iter().map(measure::reconcile::Why::code);
    /// Whose turn it is to explain or to look at it.
    ExplanationStanding = workflow::explanation::Standing::ALL.iter().map(|one| one.code());
    /// What was done about an explanation.
    ExplanationStep = workflow::explanation::Step::ALL.iter().map(|one| one.code());
    /// What a body makes of its number.
    ExplanationAnswer = workflow::explanation::Answer::ALL.iter().map(|one| one.code());
    /// What came of an explanation.
    ExplanationOutcome = workflow::explanation::Outcome::ALL.iter().map(|one| one.code());
    /// Where a delegation stands.
    DelegationStanding = workflow::delegation::Standing::ALL.into_iter().map(workflow::delegation::Standing::code);
    /// What says which bodies fill a form.
    AssignedBy = ["kind", "group", "units"];
    /// How a connector's numbers come.
    ConnectorKind = measure::connector::Kind::CODES;
    /// How the secret is shown to a system.
    SignInKind = measure::connector::SignIn::CODES;
    /// What an answer is.
    AnswerFormat = measure::connector::Format::CODES;
    /// How the next page is found.
    PagingKind = measure::connector::Paging::CODES;
    /// A database that can be asked.
    DatabaseEngine = measure::connector::Engine::ALL.into_iter().map(measure::connector::Engine::code);
    /// What is wrong with a connector, so that its owner hears of it.
    ConnectorTrouble = measure::connector::Trouble::ALL.into_iter().map(measure::connector::Trouble::code);
    /// How the line to a database is kept: by this machine's authorities, by a given one, not at all.
    Encryption = measure::connector::Encryption::CODES;
    /// How often a system is asked.
    ScheduleTimes = measure::connector::schedule::Times::CODES;
    /// About which period a system is asked.
    AboutPeriod = measure::connector::schedule::About::ALL.into_iter().map(measure::connector::schedule::About::code);
    /// What made a connector run.
    RunCause = store::RunCause::ALL.into_iter().map(store::RunCause::code);
    /// How a run ended.
    RunOutcome = ["running", "done", "failed"];
    /// What is to be done.
    WorkKind = ["late", "returned", "sign", "unsent", "enter", "supplied", "receive", "extend", "remind", "explain", "explained", "read"];
    /// How far somebody came with a service of a portal.
    BeaconStep = measure::beacon::Step::ALL.into_iter().map(measure::beacon::Step::code);
    /// Why an event of a portal is not counted.
    BeaconRefusal = measure::beacon::Refusal::ALL.into_iter().map(measure::beacon::Refusal::code);
    /// How finely events are counted.
    BeaconSpan = crate::api::beacon::Fineness::all().map(crate::api::beacon::Fineness::code);
    /// A place of the side bar.
    PlaceCode = ["work", "entry", "review", "board", "reports", "measure", "plans", "admin", "audit"];
    /// What a person is trusted with.
    RoleCode = workflow::Role::ALL.into_iter().map(workflow::Role::code);
    /// The language of sentences and of typed numbers.
    LanguageCode = workflow::Language::ALL.into_iter().map(workflow::Language::code);
}

/// Whether people say this; the other reasons follow from moves or from questions.
fn is_stated(code: &&'static str) -> bool {
    matches!(workflow::form::stated_absence(code), Some(model::Figure::Absent(_)))
}
