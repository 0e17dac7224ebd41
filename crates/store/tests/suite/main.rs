//! One suite, run on SQLite always and on PostgreSQL when `QUANTRAC_TEST_POSTGRES` names a server.

mod beacon;
mod connectors;
mod databases;
mod definitions;
mod drafts;
mod durability;
mod duties;
mod explanations;
mod moving;
mod people;
mod record;
mod registers;
mod template_drafts;
