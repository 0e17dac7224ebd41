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
