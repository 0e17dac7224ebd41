SELECT given.key, kept.visitors
FROM jsonb_each($1) given JOIN beacon_count kept
    ON kept.portal = given.value ->> 0 AND kept.span = given.value ->> 1 AND kept.service = given.value ->> 2
    AND kept.begins = given.value ->> 3 AND kept.step = given.value ->> 4 AND kept.channel = given.value ->> 5
    AND kept.bot = given.value ->> 6
WHERE kept.visitors IS NOT NULL
