-- How many people had used end-to-end services of the portal by the end of the day; null where it did not say so.
ALTER TABLE dossier_day ADD COLUMN users BIGINT;

-- Events of a whole month (of UTC+7) by what they were; service '' is the whole portal. Visits are those of its days added
-- up, because nobody is known again on another day.
CREATE TABLE beacon_month (
    portal TEXT NOT NULL,
    service TEXT NOT NULL,
    begins BIGINT NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    bot BIGINT NOT NULL,
    events BIGINT NOT NULL,
    dossiers BIGINT NOT NULL,
    visits BIGINT NOT NULL,
    PRIMARY KEY (portal, service, begins, step, channel, bot)
);
CREATE INDEX beacon_month_by_time ON beacon_month (portal, begins);

-- Exchange platforms are a register of their own: what was entered as a platform that shares data is moved there, every
-- statement of it as it was said.
UPDATE register_entry
SET register = 'exchanges'
WHERE
    register = 'platforms' AND EXISTS (
        SELECT 1
        FROM register_entry e
        WHERE
            e.register IN ('platforms', 'exchanges') AND e.unit = register_entry.unit
            AND e.code = register_entry.code AND e.content LIKE '%"kind":"exchange"%'
            AND NOT EXISTS (
                SELECT 1
                FROM register_entry later
                WHERE
                    later.register IN ('platforms', 'exchanges') AND later.unit = e.unit AND later.code = e.code
                    AND later.version > e.version AND later.content IS NOT NULL
            )
    );
