-- Words are found in any case, whatever the locale that the database was made with.
CREATE INDEX messages_words ON messages USING gin (to_tsvector('simple', lower(text COLLATE "und-x-icu")));
--> statement-breakpoint
DROP INDEX messages_search;
